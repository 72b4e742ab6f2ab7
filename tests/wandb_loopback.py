"""A server on loopback that answers what W&B's public client asks when it reads the artifacts of a project's runs.

`with WandbLoopback(runs) as server: ... server.base_url`; `runs` maps a run to its artifacts, each a type and files. What it does
not know it answers with status 400, so that a client that asks for more fails.
"""

import base64
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Files = dict[str, bytes]
NO_MORE = {"__typename": "PageInfo", "endCursor": None, "hasNextPage": False}
WHEN = "2026-01-31T12:00:00"


class WandbLoopback:
    """The server. `asked` holds the names of the operations that came, in order."""

    def __init__(self, runs: dict[str, list[tuple[str, Files]]]) -> None:
        self.runs = runs
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.base_url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "WandbLoopback":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, query: str, given: dict[str, Any]) -> dict[str, Any] | None:
        """The data of one operation, `None` for one that is not known."""
        name = re.search(r"query\s+(\w+)", query)[1]
        self.asked.append(name)
        if (given.get("project"), given.get("entity")) not in ((None, None), ("mine", "me"), ("mine", None)):
            return {"project": None}
        known = {"Viewer": self._viewer, "GetDefaultEntity": self._viewer, "ServerFeaturesQuery": self._features}
        known |= {"Runs": self._runs, "RunOutputArtifacts": self._artifacts, "FetchArtifactManifest": self._manifest}
        return known[name](given) if name in known else None

    def _viewer(self, _: dict) -> dict:
        return {"viewer": {"id": "1", "entity": "me", "username": "me", "email": "", "flags": "{}", "teams": {"edges": []}}}

    def _features(self, _: dict) -> dict:
        return {"serverInfo": {"features": []}}

    def _runs(self, _: dict) -> dict:
        blank = ("sweepName", "group", "jobType", "commit", "description", "notes")
        same = dict.fromkeys(blank) | {"projectId": "7", "tags": [], "state": "finished", "readOnly": False, "historyLineCount": 0}
        same |= {"createdAt": WHEN, "heartbeatAt": WHEN, "user": {"name": "me", "username": "me"}}
        edges = [{"cursor": run, "node": same | {"id": run, "name": run, "displayName": run}} for run in self.runs]
        return {
            "project": {"internalId": "7", "runCount": len(edges), "readOnly": False, "runs": {"edges": edges, "pageInfo": NO_MORE}}
        }

    def _artifacts(self, given: dict) -> dict:
        found = self.runs[given["run"]]
        edges = [{"node": self._artifact(given["run"], i, kind, files)} for i, (kind, files) in enumerate(found)]
        return {"project": {"run": {"artifacts": {"totalCount": len(edges), "pageInfo": NO_MORE, "edges": edges}}}}

    def _artifact(self, run: str, number: int, kind: str, files: Files) -> dict:
        project = {"id": "7", "internalId": "7", "name": "mine", "entity": {"name": "me"}}
        return {
            "__typename": "Artifact",
            "id": f"{run}.{number}",
            "artifactSequence": {"__typename": "ArtifactSequence", "name": f"{kind}-{run}", "project": project},
            "versionIndex": 0,
            "artifactType": {"name": kind},
            **dict.fromkeys(("description", "metadata", "historyStep", "commitHash", "updatedAt")),
            "ttlDurationSeconds": -1,
            "ttlIsInherited": True,
            "tags": [],
            "aliases": [],
            "state": "COMMITTED",
            "size": sum(map(len, files.values())),
            "digest": "0" * 32,
            "fileCount": len(files),
            "createdAt": WHEN,
        }

    def _manifest(self, given: dict) -> dict:
        url = f"{self.base_url}/manifest/{given['id']}"
        return {"artifact": {"currentManifest": {"file": {"directUrl": url}}}}

    def file(self, path: str) -> bytes | None:
        """A manifest, or the bytes of a file by their hexadecimal MD5; `None` for anything else."""
        if path.startswith("/manifest/"):
            run, _, number = path.rpartition("/")[2].rpartition(".")
            contents = {
                name: {"digest": _md5(content), "size": len(content)} for name, content in self.runs[run][int(number)][1].items()
            }
            policy = {"storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": {"storageLayout": "V2"}}
            return json.dumps({"version": 1, **policy, "contents": contents}).encode()
        every = [content for found in self.runs.values() for _, files in found for content in files.values()]
        return next((content for content in every if hashlib.md5(content).hexdigest() in path), None)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None: ...

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                found = loopback.answer(asked["query"], asked.get("variables") or {})
                self.reply(None if found is None else json.dumps({"data": found}).encode())

            def do_GET(self) -> None:
                loopback.asked.append(self.path)
                self.reply(loopback.file(self.path))

            def reply(self, content: bytes | None) -> None:
                self.send_response(400 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

        return Handler


def _md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content).digest()).decode()
