"""The browser side's types are those of this server."""

import json
import shutil
import subprocess
from pathlib import Path

from exam_engine.app import create_app
from exam_engine.core.config import Settings
from exam_engine.openapi import openapi_document

UI = Path(__file__).resolve().parents[2] / "proctor_client" / "ui"


def test_the_committed_types_are_generated_from_the_servers_document(tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    text = json.dumps(openapi_document(create_app(Settings())), indent=1, ensure_ascii=False, sort_keys=True)
    document.write_text(text, encoding="utf-8")
    generated = tmp_path / "schema.d.ts"
    node = shutil.which("node")
    assert node is not None
    generator = UI / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    subprocess.run([node, generator, document, "--output", generated], check=True, capture_output=True, timeout=120)
    committed = (UI / "src" / "lib" / "api" / "schema.d.ts").read_text(encoding="utf-8")
    assert generated.read_text(encoding="utf-8") == committed, "run `make client` and commit the result"
