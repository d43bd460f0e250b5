"""Where the apps and the labs are: beside this package in a checkout, inside it when it came from a wheel."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

PACKAGE = Path(__file__).resolve().parent


def folder(name: str, package: Path = PACKAGE) -> Path:
    """The folder "apps" or "labs".

    Raises:
        FileNotFoundError: it is neither in the package nor beside it.
    """
    for place in (package / name, package.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(
        f"no folder {name!r} in {package} or beside it: install the whole project again (pip install .)"
    )


def apps(module: str = "") -> ModuleType:
    """The package of the apps, or one of its modules; they import one another relatively, so either name works.

    In a checkout the package is loaded from its very folder: another ``apps`` on the path is not taken for it.

    Raises:
        FileNotFoundError: the apps are not installed.
        ModuleNotFoundError: there is no such module, or what it needs (gradio) is missing.
    """
    place = folder("apps")
    name = "gan_lab.apps" if place.parent == PACKAGE else "apps"
    if name == "apps" and not _is_loaded_from(place):
        spec = importlib.util.spec_from_file_location(
            name, place / "__init__.py", submodule_search_locations=[str(place)]
        )
        assert spec is not None
        assert spec.loader is not None
        package = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(package)
    return importlib.import_module(f"{name}.{module}" if module else name)


def _is_loaded_from(place: Path) -> bool:
    file = getattr(sys.modules.get("apps"), "__file__", None)
    return file is not None and Path(file).resolve().parent == place
