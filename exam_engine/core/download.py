"""Files that routes hand out."""

from urllib.parse import quote

from fastapi import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_response(content: bytes, file_name: str) -> Response:
    """Return a spreadsheet as a download; the name may hold any letters."""
    return file_response(content, XLSX, file_name)


def file_response(content: bytes, media_type: str, file_name: str) -> Response:
    """Return a file as a download; the name may hold any letters."""
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"},
    )


def private_file(content: bytes, media_type: str, file_name: str) -> Response:
    """Return a file as a download that no cache keeps; the name may hold any letters."""
    response = file_response(content, media_type, file_name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
