"""The contract type of ours that import-linter runs (`.importlinter`) finds what it is there for."""

from typing import Any

from grimp import ImportGraph

from tests.gate.only_contract import OnlyContract


def checked(*imports: tuple[str, str]) -> Any:
    graph = ImportGraph()
    for module in ("services", "services.triage", "services.triage.domain", "services.triage.domain.orders"):
        graph.add_module(module)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    options = {"source_modules": ["services.*.domain"], "allowed_modules": ["shared.contracts"]}
    return OnlyContract("domain", {"root_packages": ["services"]}, options).check(graph, verbose=False)


def test_a_domain_may_import_the_standard_library_its_own_modules_and_what_is_listed() -> None:
    orders = "services.triage.domain.orders"
    allowed = ("datetime", "collections", "services.triage.domain", "shared.contracts", "shared.contracts.codes")
    assert checked(*((orders, imported) for imported in allowed)).kept


def test_a_domain_that_imports_a_library_or_its_own_store_breaks_the_rule() -> None:
    found = [
        ("services.triage.domain.orders", "pydantic"),
        ("services.triage.domain.orders", "services.triage.store"),
        ("services.triage.domain.orders", "shared.contracts_of_others"),
    ]
    broken = checked(*found, ("shared.contracts", "pydantic"))
    assert not broken.kept
    assert broken.metadata["found"] == sorted(found)
