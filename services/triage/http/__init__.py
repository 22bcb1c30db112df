"""Routes of triage: the assessment, what is sent to it and what it answers."""

from services.triage.http.assessments import router

__all__ = ["router"]
