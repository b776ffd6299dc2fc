"""DAG processing goes on only while the DAG mount is really there.

Airflow 2.2 takes a DAG file that it cannot see for a deleted one. It deactivates DAGs in five places:
two here in the manager (files that a search did not find, DAGs that a parsed file did not hold), two
in models.dag for all DAGs at once (end of a scheduler with a run limit, `airflow db init`), and by
`airflow dags delete`, which stays. In a node's scheduler
- a search counts only if the same mount answered before and after it, with no error in between;
- a parsed file counts under the same condition, and so do its import errors;
- the manager itself never touches the mount, so that a hanging one cannot hang it;
- the two places for all DAGs at once do nothing: the manager knows better.
"""
import importlib
import logging
import os
import time
from types import ModuleType
from typing import Any, List, Optional, Set

from airflow_appliance import pod_end, settings
from airflow_appliance.after_import import AfterImport, Change
from airflow_appliance.mount import Hold, MountGone

log = logging.getLogger(__name__)

RETRY_SECONDS = 5
ENDED_SECONDS = 5
# Exit codes of a file's process: the mount was away before anything ran, or went away meanwhile.
NOT_STARTED = os.EX_TEMPFAIL
NOT_TRUSTED = os.EX_IOERR


def install() -> None:
    """Guard this process and its children; UnknownCode if Airflow is not the one that is known."""
    settings.load()
    AfterImport(
        {
            "airflow.dag_processing.manager": Change(
                sha256="91853594cd7c0863c7625b3e1227a13c8339b4475c3dcc4096871efd00b24dcf", apply=_guard_manager
            ),
            "airflow.dag_processing.processor": Change(
                sha256="21bea164055aaad2996be6ed122ebc1f5f14eb0035fd0f7fd4743b8743bd70f4", apply=_guard_processor
            ),
            "airflow.models.dag": Change(
                sha256="4094dce14ffa4545b41792959ca937d07b8bb51f4c0effc8b1abf323597dfdc3", apply=_guard_model
            ),
        }
    ).install()


def _guard_model(module: ModuleType) -> None:
    def left_to_the_manager(*_: Any, **__: Any) -> None:
        log.info("no DAG is deactivated here: the scheduler does it, which knows whether the DAG mount is there")

    module.DAG.deactivate_unknown_dags = staticmethod(left_to_the_manager)
    module.DAG.deactivate_stale_dags = staticmethod(left_to_the_manager)


def _guard_processor(module: ModuleType) -> None:
    class GuardedProcessor(module.DagFileProcessor):
        """Parses a file; its process leaves with an exit code when the mount cannot be trusted."""

        def process_file(self, *args: Any, **kwargs: Any) -> Any:
            try:
                self._held = Hold(settings.load().dags).__enter__()
            except MountGone as problem:
                self.log.warning("DAG file is left for later, the DAG mount is away: %s", problem)
                raise SystemExit(NOT_STARTED) from None
            # Python lists a folder again when its time of change is another; in a mount of S3 it never is, so a module
            # that came after the scheduler would not be found.
            importlib.invalidate_caches()
            result = super().process_file(*args, **kwargs)
            self._trust()
            self._held.__exit__()
            return result

        def _execute_task_callbacks(self, dagbag: Any, request: Any) -> None:
            if pod_end.is_current(request):
                super()._execute_task_callbacks(dagbag, request)

        def update_import_errors(self, session: Any, dagbag: Any) -> None:
            self._trust()
            super().update_import_errors(session, dagbag)

        def _trust(self) -> None:
            """SystemExit, as Airflow catches every Exception here and goes on."""
            try:
                self._held.check()
            except MountGone as problem:
                self.log.warning("what was found is dropped, the DAG mount went away: %s", problem)
                raise SystemExit(NOT_TRUSTED) from None

    module.DagFileProcessor = GuardedProcessor


def _guard_manager(module: ModuleType) -> None:
    # These need an airflow that is imported, which it is not yet when this module is.
    from airflow.models.dag import DagModel
    from airflow.models.dagcode import DagCode
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.utils.session import create_session
    from airflow_appliance.dag_folder import Listing
    from airflow_appliance.dag_search import Search, SearchFailed

    class GuardedManager(module.DagFileProcessorManager):
        """Airflow's manager, with the searches of the DAG folder made elsewhere and proved."""

        def __init__(self, *args: Any, **kwargs: Any):
            super().__init__(*args, **kwargs)
            self._search = Search(settings.load().dags, self._dag_directory)
            self._listing = Listing()
            self._trouble: Optional[str] = "the DAG folder has not been searched yet"
            self._not_before = 0.0
            self._unfinished: Set[str] = set()

        def _run_parsing_loop(self) -> None:
            try:
                super()._run_parsing_loop()
            finally:
                self._search.stop()

        def _refresh_dag_dir(self) -> None:
            try:
                if not self._search.is_running and self._is_search_due():
                    self._search.start()
                listing = self._search.result() if self._search.is_running else None
            except SearchFailed as problem:
                self._stop_for(str(problem))
                return
            if listing is not None:
                self._take(listing)
            elif self._search.is_stuck:
                self._stop_for("the mount does not answer")

        def _is_search_due(self) -> bool:
            age = (module.timezone.utcnow() - self.last_dag_dir_refresh_time).total_seconds()
            return time.monotonic() >= self._not_before and (age > self.dag_dir_list_interval or bool(self._trouble))

        def _take(self, listing: Any) -> None:
            """As Airflow's own method goes on after its search."""
            if self._trouble:
                log.info("DAG processing goes on: %s files in %s", len(listing.files), self._dag_directory)
            self._trouble = None
            self._listing = listing
            self.last_dag_dir_refresh_time = module.timezone.utcnow()
            # Airflow's examples and sensors, where somebody wants them, come with its own code.
            bundled = module.list_py_file_paths(None)
            self.set_file_paths(listing.files + bundled)
            locations = listing.locations + bundled
            try:
                self._forget_errors(locations)
            except Exception:
                self.log.exception("old import errors could not be removed")
            SerializedDagModel.remove_deleted_dags(locations)
            self._deactivate_deleted(set(locations))
            DagCode.remove_deleted_code(locations)

        def set_file_paths(self, new_file_paths: List[str]) -> None:
            """Airflow's own ends the process of a deleted file, still waits for its result, and dies of that.

            A callback of a DAG in a zip has that DAG's place for its file, which is in no listing.
            """
            listed = set(new_file_paths)
            self._file_paths = new_file_paths
            self._file_path_queue = [path for path in self._file_path_queue if {path, _archive(path)} & listed]
            for path, processor in list(self._processors.items()):
                if not {path, _archive(path)} & listed:
                    self.log.warning("Stopping processor for %s", path)
                    module.Stats.decr("dag_processing.processes")
                    # By SIGTERM it would act as this manager, whose handler it has, and end those that are parsed beside it.
                    processor.kill()
                    processor._process.join(ENDED_SECONDS)
                    self._drop(processor)
                    self._file_stats.pop(path, None)
                    self._unfinished.discard(path)

        def _drop(self, processor: Any) -> None:
            """A process whose channel is closed is not to be asked for anything."""
            del self._processors[processor.file_path]
            del self.waitables[processor.waitable_handle]

        def _deactivate_deleted(self, locations: Set[str]) -> None:
            """By names alone: Airflow's own looks into each zip file again, and takes one that cannot be read for gone."""
            zips = set(self._file_paths) - locations
            with create_session() as session:
                for dag in session.query(DagModel).filter(DagModel.is_active, DagModel.fileloc.isnot(None)):
                    if dag.fileloc not in locations and _archive(dag.fileloc) not in zips:
                        dag.is_active = False

        def _forget_errors(self, locations: List[str]) -> None:
            """Of what is gone. Airflow takes the errors of files inside a zip for such, and a page shows them for seconds."""
            paths, self._file_paths = self._file_paths, self._file_paths + locations
            try:
                self.clear_nonexistent_import_errors()
            finally:
                self._file_paths = paths

        def _deactivate_stale_dags(self, *args: Any, **kwargs: Any) -> None:
            """Only for files whose last parsing came to its end: one that hung was not found to lack a DAG."""
            if self._trouble:
                return
            hidden = {path: self._file_stats.pop(path) for path in self._unfinished & self._file_stats.keys()}
            try:
                super()._deactivate_stale_dags(*args, **kwargs)
            finally:
                self._file_stats.update(hidden)

        def prepare_file_path_queue(self) -> None:
            """With the times of the last search: to ask for them here could hang, or fail and end the manager."""
            asked, os.path.getmtime = os.path.getmtime, self._known_time
            try:
                super().prepare_file_path_queue()
            finally:
                os.path.getmtime = asked

        def _known_time(self, path: str) -> float:
            return self._listing.times.get(path, 0.0)

        def start_new_processes(self) -> None:
            if not self._trouble:
                super().start_new_processes()

        def _collect_results_from_processor(self, processor: Any) -> None:
            before = self._file_stats.get(processor.file_path)
            super()._collect_results_from_processor(processor)
            if processor.result is not None:
                self._unfinished.discard(processor.file_path)
                return
            self._unfinished.add(processor.file_path)
            if processor.exit_code not in (NOT_STARTED, NOT_TRUSTED):
                return
            self._file_stats[processor.file_path] = before or self._file_stats[processor.file_path]._replace(
                last_finish_time=None
            )
            if processor.exit_code == NOT_STARTED:
                self._keep_callbacks(processor)
            self._stop_for("a DAG file could not be parsed because the mount was away")

        def _kill_timed_out_processors(self) -> None:
            """Airflow 2.2 kills a hanging process, then asks it for its result and dies of that."""
            super()._kill_timed_out_processors()
            for path, processor in list(self._processors.items()):
                if not processor._parent_channel.closed:
                    continue
                self._drop(processor)
                now = module.timezone.utcnow()
                duration = (now - processor.start_time).total_seconds()
                self._file_stats[path] = module.DagFileStat(0, -1, now, duration, self.get_run_count(path) + 1)
                self._unfinished.add(path)
                if self._trouble:
                    self._keep_callbacks(processor)

        def _keep_callbacks(self, processor: Any) -> None:
            for request in processor._callback_requests:
                self._add_callback_to_queue(request)

        def _stop_for(self, trouble: str) -> None:
            if not self._trouble or self._trouble != trouble:
                log.warning("DAG processing waits for the DAG mount, no DAG is touched: %s", trouble)
            self._trouble = trouble
            self._not_before = time.monotonic() + RETRY_SECONDS

    module.DagFileProcessorManager = GuardedManager


def _archive(path: str) -> Optional[str]:
    """The zip file that a path leads into, as its name says."""
    before, suffix, _ = path.rpartition(".zip" + os.sep)
    return before + ".zip" if suffix else None
