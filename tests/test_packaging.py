"""What is installed is what is in the checkout, and the arrows between its parts go one way."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gan_lab import places

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONAL = (
    "gradio",
    "ipywidgets",
    "jupyterlab",
    "jupyter_client",
    "IPython",
    "mlxtend",
    "nbval",
    "playwright",
)

# Who may import whom, by the first part of the path under gan_lab; a file stands for itself.
KNOWS = {
    "data": set(),
    "models": set(),
    "losses": set(),
    "theory": set(),
    "algorithms": {"data", "models", "losses", "theory"},
    "training": {"algorithms/base.py", "data/batch.py"},
    "experiments": {"data", "models", "losses", "theory", "algorithms", "training", "recipes"},
    "latent": set(),
    "metrics": set(),
    "viz": {"algorithms/base.py", "training"},  # the notebook player drives a Session
}


def modules(part: str) -> list[Path]:
    """Every Python file of a part of gan_lab."""
    return sorted((ROOT / "gan_lab" / part).rglob("*.py"))


def imported(file: Path) -> set[str]:
    """Everything a file imports, at the top or inside a function, by full dotted name."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: write imports within gan_lab in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def file_of(name: str) -> str | None:
    """Which file under gan_lab a dotted name stands for; None when it is not one of gan_lab's."""
    parts = name.split(".")
    if parts[0] != "gan_lab":
        return None
    for end in range(len(parts), 1, -1):
        path = Path(*parts[1:end])
        if (ROOT / "gan_lab" / path).with_suffix(".py").is_file():
            return path.with_suffix(".py").as_posix()
        if (ROOT / "gan_lab" / path / "__init__.py").is_file():
            return (path / "__init__.py").as_posix()
    return "__init__.py"


@pytest.mark.parametrize("part", KNOWS)
def test_imports_go_one_way(part):
    allowed = KNOWS[part] | {part}
    for file in modules(part):
        for name in imported(file):
            target = file_of(name)
            if target is not None and target != "__init__.py":
                assert target in allowed or target.split("/")[0] in allowed, f"{file} may not import {name}"


def test_every_part_is_looked_at():
    assert all(modules(part) for part in KNOWS)


def test_nothing_in_the_core_knows_apps_or_labs():
    for file in (ROOT / "gan_lab").rglob("*.py"):
        roots = {name.split(".")[0] for name in imported(file)}
        assert not roots & {"apps", "labs"}, file
        assert not any(name.startswith(("gan_lab.apps", "gan_lab.labs")) for name in imported(file)), file


def test_the_core_imports_without_the_optional_packages(tmp_path):
    """A fresh interpreter in which gradio, Jupyter and the like cannot be found imports every module of the core."""
    names = [
        ".".join(("gan_lab", *file.relative_to(ROOT / "gan_lab").with_suffix("").parts)).removesuffix(
            ".__init__"
        )
        for file in sorted((ROOT / "gan_lab").rglob("*.py"))
        if file.name != "__main__.py"
    ]
    code = (
        "import importlib, sys\n"
        f"for name in {OPTIONAL!r}: sys.modules[name] = None\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print(len(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_help_needs_no_torch():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from gan_lab.cli import call\n"
        "sys.exit(call(['train', '--help']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--resume" in done.stdout


def constraints() -> dict[str, str]:
    """Name and version of every line of the constraint file."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][A-Za-z0-9.]*", line) for line in pinned), (
        "names and versions only"
    )
    return dict(line.split("==") for line in pinned)


def test_constraints_fit_the_ranges():
    pinned = constraints()
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    for requirement in (Requirement(text) for group in groups for text in group):
        name = canonicalize_name(requirement.name)
        if name != "gan-lab":
            assert requirement.specifier.contains(pinned[name]), f"{requirement} is pinned to {pinned[name]}"


def test_constraints_serve_any_machine():
    assert not [name for name in constraints() if name.startswith(("nvidia-", "cuda-", "triton"))]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return zipfile.ZipFile(next(out.glob("*.whl")))


def test_the_wheel_holds_apps_labs_and_weights(wheel):
    inside = set(wheel.namelist())
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True
    ).stdout.splitlines()
    expected = [f for f in tracked if f.startswith("gan_lab/")]
    expected += [f"gan_lab/{f}" for f in tracked if f.startswith(("apps/", "labs/"))]
    assert expected, "run from a git checkout"
    assert not set(expected) - inside


def test_the_wheel_works_on_its_own(wheel, tmp_path):
    """Unpacked in an empty folder, far from the checkout: the package finds its apps and labs inside itself."""
    wheel.extractall(tmp_path)
    code = (
        "from gan_lab import places\n"
        "print(places.folder('apps')); print(places.folder('labs')); print(places.apps().__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    package = (tmp_path / "gan_lab").resolve()
    assert done.stdout.split() == [str(package / "apps"), str(package / "labs"), "gan_lab.apps"]


def test_places_in_a_checkout(monkeypatch, tmp_path):
    """Another package called apps, earlier on the path, is not taken for ours."""
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "__init__.py").write_text("raise RuntimeError('the wrong apps')")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name == "apps" or name.startswith("apps.")]:
        monkeypatch.delitem(sys.modules, name)
    assert Path(places.apps().__file__).parent == ROOT / "apps"
    assert places.folder("labs") == ROOT / "labs"


def test_places_say_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="install the whole project"):
        places.folder("apps", tmp_path / "gan_lab")


README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_readme_links_lead_somewhere(link):
    assert (ROOT / link).exists()


def test_readme_names_every_command_and_target():
    from gan_lab.cli import app

    for command in app.registered_commands:
        assert command.callback is not None
        assert f"gan-lab {command.callback.__name__}" in README
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = README.split("make targets:")[1].split(".")[0]
    assert [name for name in targets if name not in named] == ["help"]
