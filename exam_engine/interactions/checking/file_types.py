"""The kinds of files that practical tasks give out and take in."""

PERMITTED_FILE_TYPES = frozenset(
    {
        # Office suites. Forms of the same files that exist to carry macros (docm, xlsm, pptm, dotm …) stay outside.
        *("docx", "xlsx", "pptx", "odt", "ods", "odp", "rtf", "pdf", "mpp", "vsdx"),
        # Data. Desktop databases have no form without macros; their programs open foreign files with macros off.
        *("txt", "csv", "tsv", "md", "json", "xml", "sql", "accdb", "odb", "sqlite"),
        # Pictures, drawings and web pages without scripts.
        *("png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "svg", "psd", "xcf", "ai", "cdr"),
        *("html", "htm", "css"),
        # Sound and film.
        *("mp3", "wav", "ogg", "m4a", "mp4", "webm"),
    }
)  # fmt: skip
"""Endings of names that candidates may hand in. What is not listed is refused: programs, scripts, archives, macros."""

STARTING_FILE_TYPES = PERMITTED_FILE_TYPES | {"zip"}
"""Endings of names that a task may begin with; archives are looked into when the board uploads them."""
