"""Why a task's pod ended, in one sentence with what to do, from the pod as Kubernetes' API shows it."""
import signal
from typing import Any, Dict, List, Optional

MORE = "ask for more by pod_override, or for all tasks by workers.memoryLimit of cluster.yaml"
# What a container may wait for without ever starting, by the beginning of its reason.
WAITS = {
    "ErrImage": "check the image's name and the registry's password",
    "ImagePull": "check the image's name and the registry's password",
    "InvalidImageName": "check the image's name",
    "CreateContainerConfigError": "check the Secrets and ConfigMaps that the pod names",
    "CrashLoopBackOff": "see its own output with kubectl logs while a pod waits",
    "Unschedulable": "ask for less, or give the cluster more machines",
}


def external(pod: Dict[str, Any]) -> Optional[str]:
    """What Kubernetes itself ended the pod for, such as `Evicted: The node was low on resource: memory`, or None."""
    status = pod.get("status") or {}
    if status.get("reason"):
        return _said(status["reason"], status.get("message"))
    for condition in status.get("conditions") or []:
        if condition.get("type") == "DisruptionTarget" and condition.get("status") == "True":
            return _said(condition.get("reason") or "DisruptionTarget", condition.get("message"))
    return None


def out_of_reach(pod: Dict[str, Any]) -> bool:
    """Kubernetes has lost the pod's machine: a kubelet gives a reason when it says itself that a pod is not ready."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    ready = next((condition for condition in conditions if condition.get("type") == "Ready"), {})
    return ready.get("status") == "False" and not ready.get("reason") and "running" in (_base(pod).get("state") or {})


def lost(pod: Dict[str, Any]) -> str:
    machine = (pod.get("spec") or {}).get("nodeName")
    return (
        f"Kubernetes has lost machine {machine}, and the task is silent; "
        "a task with retries is run again elsewhere, its output so far is on that machine"
    )


def left_alone(pod: Dict[str, Any]) -> bool:
    """The task's process came to its own end, and nobody asked it to."""
    return not external(pod) and (_terminated(_base(pod)) or {}).get("exitCode") == 0


def started(pod: Dict[str, Any]) -> bool:
    """Whether the task's container ever ran."""
    base = _base(pod)
    return bool(_terminated(base)) or "running" in (base.get("state") or {})


def reason(pod: Dict[str, Any], deleted: bool, warning: Optional[str] = None) -> str:
    """The sentence; `warning` is the last one among the pod's events, for a pod that never started."""
    ended = _terminated(_base(pod))
    parts = [external(pod)]
    if ended:
        parts.append(_exit(ended))
    parts.append(_advice(pod, ended, deleted))
    if not started(pod):
        parts += [_waiting(pod), warning and f"last event: {warning}"]
    return " ".join("; ".join(part for part in parts if part).split())


def _advice(pod: Dict[str, Any], ended: Optional[Dict[str, Any]], deleted: bool) -> Optional[str]:
    code, name = (ended or {}).get("exitCode"), (ended or {}).get("reason")
    if name == "OOMKilled":
        limit = _memory_limit(pod)
        used = f"the container used more memory than its limit {limit}" if limit else "its machine had no memory left"
        return f"{used}; {MORE}"
    if (external(pod) or "").startswith("Evicted"):
        return "a request of memory and ephemeral-storage by pod_override keeps a task from machines without room"
    if external(pod):
        return "a task with retries is run again elsewhere"
    if deleted and started(pod):
        return "the pod was deleted while its task ran, by somebody or by what empties a machine"
    if code == 128 + signal.SIGKILL:
        return "killed by something in or beside the pod; `kubectl describe node` may show what its machine lacked"
    if code is not None and code != 0:
        return "what it printed last, above, says why"
    return None


def _exit(ended: Dict[str, Any]) -> str:
    code = ended.get("exitCode")
    number = ended.get("signal") or (code - 128 if isinstance(code, int) and 128 < code <= 128 + 64 else None)
    how = f"exit code {code}" + (f", signal {number}" if number else "")
    return _said(f"{ended.get('reason') or 'ended'} ({how})", ended.get("message"))


def _waiting(pod: Dict[str, Any]) -> Optional[str]:
    """Why the task's container never started: its place, an init container, or itself."""
    status = pod.get("status") or {}
    for condition in status.get("conditions") or []:
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return _with_help(condition.get("reason") or "Unschedulable", condition.get("message"), "found no machine")
    for container in status.get("initContainerStatuses") or []:
        ended, name = _terminated(container), container.get("name")
        if ended and ended.get("exitCode") != 0:
            # What says why by itself (dag_copy) needs no advice.
            advice = "" if ended.get("message") else "; see its part of the pod"
            return f"init container {name} ended: {_exit(ended)}{advice}"
        waiting = (container.get("state") or {}).get("waiting")
        if waiting and waiting.get("reason") != "PodInitializing":
            before = (container.get("lastState") or {}).get("terminated")
            text = _with_help(waiting.get("reason"), waiting.get("message"), f"init container {name} waited")
            return text + (f"; before that: {_exit(before)}" if before else "")
        if "running" in (container.get("state") or {}) and container.get("started") is False:
            return f"init container {name} ran and did not become ready; see its output with kubectl logs"
    waiting = (_base(pod).get("state") or {}).get("waiting")
    if waiting:
        return _with_help(waiting.get("reason"), waiting.get("message"), "its container waited")
    return "it never started"


def _with_help(name: Optional[str], message: Optional[str], what: str) -> str:
    advice: List[str] = [text for start, text in WAITS.items() if (name or "").startswith(start)]
    return "; ".join([f"{what}: {_said(name or 'no reason given', message)}", *advice])


def _said(name: str, message: Optional[str]) -> str:
    return f"{name}: {message.strip().rstrip(' .')}" if message else name


def _base(pod: Dict[str, Any]) -> Dict[str, Any]:
    containers = (pod.get("status") or {}).get("containerStatuses") or []
    return next((container for container in containers if container.get("name") == "base"), {})


def _terminated(container: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    return (container.get("state") or {}).get("terminated")


def _memory_limit(pod: Dict[str, Any]) -> Optional[str]:
    containers = (pod.get("spec") or {}).get("containers") or []
    base = next((container for container in containers if container.get("name") == "base"), {})
    return ((base.get("resources") or {}).get("limits") or {}).get("memory")
