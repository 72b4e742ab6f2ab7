import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import bench

ROOT = Path(bench.__file__).parent
MODULES = sorted(module.name for module in pkgutil.walk_packages([str(ROOT)], "bench."))
HYDRA_LAYER = {"bench.__main__", "bench.compose", "bench.session", "bench.verbs"}
LEADERBOARDS = "bench.leaderboards."  # no components: they run what was submitted again, as `verbs` would
HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "open_clip",
    "diffusers",
    "bert_score",
    "wandb",
    "openai",
    "scipy",
    "sklearn",
}
HEAVY |= {"pandas", "matplotlib", "anthropic", "google"}


def imports(name: str) -> set[str]:
    """The top-level packages and bench modules that a module imports when it is imported itself."""
    path = ROOT.parent / (name.replace(".", "/") + ".py")
    if not path.exists():
        return set()
    tree = ast.parse(path.read_text())
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_every_module_can_be_imported(name):
    importlib.import_module(name)


@pytest.mark.parametrize("name", MODULES)
def test_heavy_packages_are_imported_where_they_are_used(name):
    assert not {package.split(".")[0] for package in imports(name)} & HEAVY


@pytest.mark.parametrize("name", MODULES)
def test_only_the_outermost_layer_knows_hydra(name):
    if name not in HYDRA_LAYER:
        assert not {package.split(".")[0] for package in imports(name)} & {"hydra", "omegaconf"}


@pytest.mark.parametrize("name", [name for name in MODULES if name.count(".") == 2 and not name.startswith(LEADERBOARDS)])
def test_components_know_neither_the_plan_nor_the_store(name):
    outer = {
        f"bench.{module}" for module in ("plan", "pipeline", "store", "stages", "runner", "results", "session", "compose", "verbs")
    }
    assert not imports(name) & outer


def test_the_layer_test_can_fail():
    assert "omegaconf" in imports("bench.compose")


def test_importing_the_package_starts_no_heavy_import():
    code = f"import bench.interfaces, bench.plan, sys; print(sorted(set(sys.modules) & {HEAVY!r}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert found == "[]"


def test_the_data_folder_shadows_no_package():
    assert not list((ROOT.parent / "datasets").rglob("*.py"))


def test_no_file_is_an_attic():
    assert not {path.stem for path in ROOT.rglob("*.py")} & {"utils", "common", "helpers", "misc", "base"}


def test_files_stay_short():
    long = {str(path.relative_to(ROOT)): n for path in ROOT.rglob("*.py") if (n := len(path.read_text().splitlines())) > 200}
    assert not long
