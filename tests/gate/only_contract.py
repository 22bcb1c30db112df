"""A contract type for import-linter: modules that may import only the standard library and what is listed."""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules


class OnlyContract(Contract):
    """Direct imports alone count: pydantic behind `shared.contracts` is that package's business."""

    source_modules = fields.SetField(subfield=fields.ModuleExpressionField())
    allowed_modules = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        found = [
            (importer, imported)
            for source in module_expressions_to_modules(graph, self.source_modules)  # type: ignore[arg-type]
            for importer in {source.name, *graph.find_descendants(source.name)}
            for imported in graph.find_modules_directly_imported_by(importer)
            if not self._may(source.name, imported)
        ]
        return ContractCheck(kept=not found, metadata={"found": sorted(found)})

    def _may(self, source: str, imported: str) -> bool:
        if imported.split(".")[0] in sys.stdlib_module_names:
            return True
        allowed: Any = self.allowed_modules
        return any(imported == each or imported.startswith(f"{each}.") for each in (source, *allowed))

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} imports {imported}", bold=False)
