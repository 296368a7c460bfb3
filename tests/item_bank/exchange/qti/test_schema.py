"""What is written follows the schema of QTI 3.0: elements in their order, attributes with their values."""

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from exam_engine.interactions.content import Interaction
from exam_engine.media.preparing import prepare
from item_bank.exchange.exported import ExportedItem, ExportedMedia
from item_bank.exchange.qti.writing.package import write_qti3, write_qti21
from tests.exam_engine.interactions.strategies import items
from tests.exam_engine.media.makers import tone
from tests.item_bank.exchange.qti.making import MEDIA, PICTURE, STIMULUS, draft, exported, files_of
from tests.item_bank.exchange.qti.samples import CHOICE, CHOICE_KEY
from tests.item_bank.exchange.qti.test_round_trips import with_media

HERE = Path(__file__).parent
ITEMS = etree.RelaxNG(etree.parse(HERE / "qti3_items.rng"))
MANIFESTS = etree.RelaxNG(etree.parse(HERE / "qti3_manifest.rng"))
RICH = (
    '<p lang="en">Read <u>this</u>, <s>that</s> and <em>it</em><sup>2</sup></p>'
    "<ul><li>one</li><li><p>two</p></li></ul>"
    '<table><caption>T</caption><thead><tr><th scope="col">A</th></tr></thead>'
    '<tbody><tr><td colspan="2">1</td></tr></tbody></table>'
    f'<figure><img src="media:{PICTURE.sha256}" alt="Keys" width="64" height="48"><figcaption>F</figcaption></figure>'
    "<blockquote>Quoted</blockquote><pre>a  b</pre><p><math><mfrac><mn>1</mn><mi>x</mi></mfrac></math><br>end</p>"
)


def assert_valid(package: bytes) -> None:
    files = files_of(package)
    for path, content in files.items():
        if path.endswith(".xml"):
            schema = MANIFESTS if path == "imsmanifest.xml" else ITEMS
            schema.assertValid(etree.fromstring(content))


@pytest.mark.parametrize("interaction", get_args(Interaction))
@given(data=st.data())
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_items_of_every_kind_are_valid(interaction: str, data: st.DataObject) -> None:
    content, key = with_media(data.draw(items(interaction)))
    points = data.draw(st.sampled_from(["1", "0.25"]))
    assert_valid(write_qti3([exported(content, key, points=points, explanation="Vì thế")], MEDIA).content)


def test_rich_texts_stimuli_and_media_are_valid() -> None:
    content = CHOICE.model_copy(update={"stem": RICH})
    item = ExportedItem(draft(content, CHOICE_KEY, explanation=RICH, stimulus_code=STIMULUS.code), STIMULUS)
    written = write_qti3([item], MEDIA)
    assert written.left_out == ()
    assert f"media/{PICTURE.sha256}.png" in files_of(written.content)
    assert_valid(written.content)


def test_sounds_are_valid() -> None:
    sound = prepare(tone("WAV", seconds=0.1), "nghe.wav", "sound")
    media = {sound.sha256: ExportedMedia(sound.content, sound.content_type)}
    content = CHOICE.model_copy(update={"stem": f'<p><audio src="media:{sound.sha256}" controls=""></audio></p>'})
    written = write_qti3([exported(content, CHOICE_KEY)], media)
    assert written.left_out == ()
    assert_valid(written.content)


def test_a_manifest_names_each_file_once_and_depends_on_what_is_there() -> None:
    item = ExportedItem(draft(CHOICE, CHOICE_KEY, stimulus_code=STIMULUS.code), STIMULUS)
    for write in (write_qti3, write_qti21):
        files = files_of(write([item, exported(CHOICE, CHOICE_KEY, code="IU03-002")], MEDIA).content)
        root = etree.fromstring(files["imsmanifest.xml"])
        listed = [one.get("href") for one in root.iter("{*}resource")]
        assert sorted(map(str, listed)) == sorted(path for path in files if path != "imsmanifest.xml")
        names = {one.get("identifier") for one in root.iter("{*}resource")}
        assert {one.get("identifierref") for one in root.iter("{*}dependency")} <= names


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"<qti-item-body>", b'<qti-item-body nonsense="1">'),
        (b'cardinality="single" base-type="identifier"', b'cardinality="one" base-type="identifier"'),
        (b"<qti-simple-choice ", b"<qti-inline-choice "),
    ],
)
def test_the_schema_finds_what_is_wrong(was: bytes, becomes: bytes) -> None:
    xml = files_of(write_qti3([exported(CHOICE, CHOICE_KEY)], MEDIA).content)["items/IU03-001.xml"]
    assert was in xml
    broken = xml.replace(was, becomes)
    if b"inline" in becomes:
        broken = broken.replace(b"</qti-simple-choice>", b"</qti-inline-choice>")
    assert not ITEMS.validate(etree.fromstring(broken))


def test_version_2_has_its_own_names_and_namespace() -> None:
    item = ExportedItem(draft(CHOICE, CHOICE_KEY, points="0.5", stimulus_code=STIMULUS.code), STIMULUS)
    xml = files_of(write_qti21([item], MEDIA).content)["items/IU03-001.xml"]
    root = etree.fromstring(xml)
    assert root.tag == "{http://www.imsglobal.org/xsd/imsqti_v2p1}assessmentItem"
    assert all(not etree.QName(one).localname.startswith("qti-") for one in root.iter())
    assert [one.get("responseIdentifier") for one in root.iter("{*}choiceInteraction")] == ["RESPONSE"]
    assert b"10A" in etree.tostring(root, encoding="utf-8")
