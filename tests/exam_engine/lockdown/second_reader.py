"""A second reader of Safe Exam Browser's files, written from the description of the format alone.

It shares no code with the product: XML by ElementTree, key stretching and chaining of blocks by hand, order of keys by
comparison of two at a time.
"""

import functools
import gzip
import hashlib
import hmac
from xml.etree import ElementTree as ET

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def config_key_of(file: bytes, password: str | None = None) -> str:
    """Return the Config Key of a file."""
    return hashlib.sha256(json_of(xml_of(file, password)).encode()).hexdigest()


def xml_of(file: bytes, password: str | None = None) -> bytes:
    """Return the property list inside a file."""
    opened = gzip.decompress(file)
    if opened[:4] == b"plnd":
        return gzip.decompress(opened[4:])
    assert opened[:4] == b"pswd"
    assert password is not None
    return gzip.decompress(_decrypted(opened[4:], password.encode()))


def json_of(xml: bytes) -> str:
    """Return the text that is hashed."""
    (root,) = ET.fromstring(xml)  # noqa: S314 - our own files
    return _text(root)


def values_of(xml: bytes) -> dict[str, str]:
    """Return the plain values at the top of a property list, as they stand in the XML."""
    (root,) = ET.fromstring(xml)  # noqa: S314 - our own files
    return {str(key.text): value.text or value.tag for key, value in zip(root[::2], root[1::2], strict=True)}


def _text(node: ET.Element) -> str:
    if node.tag == "dict":
        pairs = [(str(key.text), value) for key, value in zip(node[::2], node[1::2], strict=True)]
        kept = [
            (key, value)
            for key, value in pairs
            if key.upper() != "ORIGINATORVERSION" and not (value.tag == "dict" and len(value) == 0)
        ]
        nodes = dict(kept)
        ordered = sorted(nodes, key=functools.cmp_to_key(_compare))
        return "{" + ",".join('"' + key + '":' + _text(nodes[key]) for key in ordered) + "}"
    if node.tag == "array":
        return "[" + ",".join(map(_text, node)) + "]"
    if node.tag in {"true", "false", "integer"}:
        return node.text if node.tag == "integer" and node.text else node.tag
    text = node.text or ""
    return '"' + ("".join(text.split()) if node.tag == "data" else text) + '"'


def _compare(left: str, right: str) -> int:
    for one, other in zip(left, right, strict=False):
        if one.lower() != other.lower():
            return -1 if one.lower() < other.lower() else 1
    if len(left) != len(right):
        return len(left) - len(right)
    for one, other in zip(left, right, strict=True):
        if one != other:
            return -1 if one.islower() else 1
    return 0


def _decrypted(message: bytes, password: bytes) -> bytes:
    assert message[:2] == b"\x02\x01"
    cipher_salt, hmac_salt, chained = message[2:10], message[10:18], message[18:34]
    body, tag = message[34:-32], message[-32:]
    assert hmac.new(_stretched(password, hmac_salt), message[:-32], hashlib.sha256).digest() == tag
    block = Cipher(algorithms.AES256(_stretched(password, cipher_salt)), modes.ECB()).decryptor()  # noqa: S305
    plain = b""
    for start in range(0, len(body), 16):
        scrambled = body[start : start + 16]
        plain += bytes(a ^ b for a, b in zip(block.update(scrambled), chained, strict=True))
        chained = scrambled
    assert plain[-plain[-1] :] == bytes([plain[-1]]) * plain[-1]
    return plain[: -plain[-1]]


def _stretched(password: bytes, salt: bytes) -> bytes:
    key = b""
    for number in (1, 2):
        last = hmac.new(password, salt + number.to_bytes(4, "big"), hashlib.sha1).digest()
        mixed = int.from_bytes(last, "big")
        for _ in range(9_999):
            last = hmac.digest(password, last, "sha1")
            mixed ^= int.from_bytes(last, "big")
        key += mixed.to_bytes(20, "big")
    return key[:32]
