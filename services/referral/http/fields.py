"""Kinds of fields that several forms share."""

from typing import Annotated

from pydantic import Field

Title = Annotated[str, Field(max_length=100)]
Line = Annotated[str, Field(max_length=200)]
Paragraph = Annotated[str, Field(max_length=2_000)]
Text = Annotated[str, Field(max_length=20_000)]
Receipt = Annotated[str, Field(max_length=2_000)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
UnitId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,40}$")]
Rule = Annotated[str, Field(pattern=r"^D\d\d$")]
