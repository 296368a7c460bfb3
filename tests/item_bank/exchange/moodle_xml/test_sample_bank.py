"""The shipped sample bank goes to Moodle and comes home with its texts, pictures and keys."""

from exam_engine.interactions.content import MARKED_BY_PEOPLE
from exam_engine.interactions.right_responses import right_response
from exam_engine.interactions.scoring import score
from item_bank.exchange.exported import ExportedItem, ExportedMedia, ExportedStimulus
from item_bank.exchange.moodle_xml.reading import read
from item_bank.exchange.moodle_xml.writing.file import write_moodle_xml
from item_bank.sample.modules import sample_bank

NOT_IN_MOODLE = {"hot_text", "hotspot", "select_point", "slider"}


def test_the_sample_bank_comes_home_from_moodle() -> None:
    bank = sample_bank()
    stimuli = {one.code: ExportedStimulus(one.code, one.title, one.content) for one in bank.stimuli}
    items = [ExportedItem(draft, stimuli.get(draft.metadata.stimulus_code or "")) for draft in bank.drafts]
    media = {one.sha256: ExportedMedia(one.content, one.content_type) for one in bank.media}
    written = write_moodle_xml(items, media)
    found = read(written.content, "a.xml")
    drafts = {draft.code: draft for draft in bank.drafts}
    out = {one.place for one in written.left_out if one.severity == "left_out"}
    assert {item.code for item in found.items} == drafts.keys() - out
    assert {code for code, draft in drafts.items() if draft.content.interaction in NOT_IN_MOODLE} <= out
    assert len(out) < len(drafts) // 10
    assert found.media.keys() <= media.keys()
    for item in found.items:
        draft = drafts[item.code or ""]
        assert item.content is not None
        assert item.notices == (), item.code
        assert (item.content.stem, item.explanation) == (draft.content.stem, draft.explanation), item.code
        assert item.metadata.reference_code == draft.metadata.reference_code
        assert item.key is not None, item.code
        if item.content.interaction not in MARKED_BY_PEOPLE:
            assert score(item.content, item.key, right_response(item.content, item.key)).is_correct, item.code
