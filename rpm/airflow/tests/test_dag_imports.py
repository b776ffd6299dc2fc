"""Imports while the DAG folder cannot be listed."""
import errno
import importlib
import os
import posix
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

from airflow_appliance import dag_imports


class Imports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        hooks, path = list(sys.path_hooks), list(sys.path)
        self.addCleanup(sys.path_hooks.__setitem__, slice(None), hooks)
        self.addCleanup(sys.path.__setitem__, slice(None), path)
        self.addCleanup(sys.path_importer_cache.pop, self.folder, None)

    def listing(self):
        listdir = posix.listdir

        def away(path="."):
            if os.fspath(path).startswith(self.folder):
                raise OSError(errno.EIO, os.strerror(errno.EIO), path)
            return listdir(path)

        return mock.patch.object(posix, "listdir", away)

    def test_python_itself_ends_with_an_error(self):
        sys.path.append(self.folder)
        with self.listing(), self.assertRaises(OSError):
            importlib.import_module("an_optional_module")

    def test_an_optional_module_is_not_there(self):
        sys.path.append(self.folder)
        dag_imports.install(self.folder)
        with self.listing(), self.assertRaises(ImportError), self.assertLogs("airflow_appliance.dag_imports"):
            importlib.import_module("an_optional_module")

    def test_a_module_of_the_folder_is_found_when_it_can_be_read_again(self):
        Path(self.folder, "of_the_team.py").write_text("answer = 42\n")
        sys.path.append(self.folder)
        dag_imports.install(self.folder)
        self.addCleanup(sys.modules.pop, "of_the_team", None)
        with self.listing(), self.assertRaises(ImportError):
            importlib.import_module("of_the_team")
        self.assertEqual(importlib.import_module("of_the_team").answer, 42)

    def test_a_zip_file_of_the_folder_holds_modules_and_packages(self):
        for name in ("of_the_team.zip", "without_its_suffix"):
            archive = Path(self.folder, name)
            with zipfile.ZipFile(archive, "w") as file:
                file.writestr("zipped_module.py", "from zipped_package.inner import answer\n")
                file.writestr("zipped_package/__init__.py", "")
                file.writestr("zipped_package/inner.py", "answer = 42\n")
            dag_imports.install(self.folder)
            sys.path.insert(0, str(archive))
            for module in ("zipped_module", "zipped_package", "zipped_package.inner"):
                self.addCleanup(sys.modules.pop, module, None)
                sys.modules.pop(module, None)
            self.assertEqual(importlib.import_module("zipped_module").answer, 42)
            archive.unlink()

    def test_other_folders_are_as_before(self):
        other = tempfile.TemporaryDirectory()
        self.addCleanup(other.cleanup)
        Path(other.name, "of_nobody.py").write_text("")
        sys.path.append(other.name)
        dag_imports.install(self.folder)
        self.addCleanup(sys.modules.pop, "of_nobody", None)
        importlib.import_module("of_nobody")
        self.assertNotIsInstance(sys.path_importer_cache[other.name], dag_imports.DagFinder)


if __name__ == "__main__":
    unittest.main()
