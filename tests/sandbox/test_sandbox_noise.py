"""Whatever a body holds, the rules have an answer and never crash."""

import copy
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_spec.sandbox import (
    apimodels_rules,
    hiapi_rules,
    kling_2026_rules,
    kling_elements_rules,
    kling_rules,
    runware_rules,
)

URL = "https://example.com/a.png"
SHOTS = [{"index": 1, "prompt": "one", "duration": "2"}, {"index": 2, "prompt": "two", "duration": "3"}]
OMNI = {
    "prompt": "<<<image_1>>>",
    "multi_shot": True,
    "shot_type": "customize",
    "multi_prompt": SHOTS,
    "image_list": [{"image_url": URL, "type": "first_frame"}, {"image_url": URL}],
    "element_list": [{"element_id": 1}],
    "video_list": [{"video_url": URL, "refer_type": "feature", "keep_original_sound": "no"}],
    "sound": "off",
    "mode": "std",
    "duration": "5",
    "watermark_info": {"enabled": True},
}
CONTENTS = {
    "contents": [
        {"type": "prompt", "text": "shot 1, 2, @image_1; shot 2, 3, @Zhang;"},
        {"type": "first_frame", "url": URL, "id": "image_1"},
        {"type": "refer_image", "url": URL},
        {"type": "feature_video", "url": URL},
        {"type": "element", "element_id": "162", "id": "Zhang"},
    ],
    "settings": {"audio": "off", "resolution": "720p", "aspect_ratio": "16:9", "duration": 5},
    "options": {"callback_url": URL, "external_task_id": "a", "watermark_info": {"enabled": True}},
}
ELEMENT = {
    "element_name": "Zhang",
    "element_description": "a man",
    "reference_type": "image_refer",
    "element_image_list": {"frontal_image": URL, "refer_images": [{"image_url": URL}]},
    "element_video_list": {"refer_videos": [{"video_url": URL}]},
    "tag_list": [{"tag_id": "o_101"}],
}
RULES = {
    "kling-2026": (kling_2026_rules.faults, CONTENTS),
    "kling-2026 o1": (partial(kling_2026_rules.faults, model="kling-o1"), CONTENTS),
    "elements": (kling_elements_rules.faults, ELEMENT),
    "kling": (kling_rules.faults, {**OMNI, "model_name": "kling-v3-omni"}),
    "apimodels": (
        apimodels_rules.faults,
        {key: value for key, value in {**OMNI, "model": "kling-v3-omni"}.items() if key != "watermark_info"},
    ),
    "hiapi": (
        hiapi_rules.faults,
        {
            "model": "kling-3.0-omni/image-to-video",
            "input": {"image_urls": [URL], "duration": 3, "sound": True},
        },
    ),
    "runware": (
        runware_rules.faults,
        {
            "taskType": "videoInference",
            "taskUUID": "50836053-a0ee-4cf5-b9d6-ae7c5d140ada",
            "model": "klingai:kling-video@o3-standard",
            "positivePrompt": "<<<element_1>>>",
            "inputs": {
                "frameImages": [{"image": URL, "frame": "first"}, URL],
                "elements": [{"id": "a", "frontalImage": URL, "images": [URL]}],
            },
            "providerSettings": {"klingai": {"sound": True}},
        },
    ),
}

_leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.sampled_from(
        [URL, "<<<image_9>>>", "@image_1", "shot 1, 5, a;", "first_frame", "base_video", "element"]
    ),
)
_values = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value, path=()):
    """Yield the path of everything in a body."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in items:
        yield from places(entry, (*path, key))


def replaced(body, path, value):
    """Return the body with another value in one place."""
    if not path:
        return value
    body = copy.deepcopy(body)
    target = body
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return body


@pytest.mark.parametrize("provider", RULES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_noise_in_any_place_is_answered(provider, data):
    rules, body = RULES[provider]
    path = data.draw(st.sampled_from(list(places(body))))
    noisy = replaced(body, path, data.draw(_values))

    for fault in rules(noisy):
        assert fault.field
        assert fault.message
