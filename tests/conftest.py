"""A line in small: an invented policy of two categories and a tiny corpus, run through the real stages."""

import contextlib
import importlib
import inspect
import json
import random
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, settings

from models.artifact import MANIFEST, file_hashes

ROOT = Path(__file__).resolve().parents[1]

# No test asserts a time, and a busy machine must not fail one.
settings.register_profile("mimawari", deadline=None, max_examples=60, derandomize=True, database=None,
                          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
settings.load_profile("mimawari")

CATEGORIES = ("rocket", "moonlight")
POLICY = {
    "marketplace": "テスト市場",
    "counts_several_as": "moonlight",
    "trend_category": "rocket",
    "publication_threshold": 1,
    "hide_precision": 0.9,
    "review_disguised_from": 0.2,
    "external_categories": {"AIR": "Air", "SOUND": "Sound"},
    "categories": [
        {
            "id": "rocket",
            "name_ja": "ロケット",
            "name_en": "Rocket",
            "definition": "外へ飛び出す誘いです。",
            "watch_for": "外への誘いにご注意ください。",
            "colour": "#4477AA",
            "review_from": 0.5,
            "external_category": "AIR",
            "clauses": [
                {
                    "id": "rk_out",
                    "kind": "violation",
                    "text": "外への誘い",
                    "advice": "誘いを削除してください。",
                    "signals": ["contact_details", "conversation_moved"],
                },
                {"id": "rk_no", "kind": "exception", "text": "断っている", "signals": ["declined"]},
                {"id": "rk_funded", "kind": "exception", "text": "仮払い後", "signals": ["after_escrow"]},
            ],
        },
        {
            "id": "moonlight",
            "name_ja": "月あかり",
            "name_en": "Moonlight",
            "definition": "結果しだいの報酬です。",
            "watch_for": "結果しだいの報酬にご注意ください。",
            "colour": "#CCBB44",
            "review_from": 0.5,
            "external_category": "SOUND",
            "clauses": [
                {
                    "id": "ml_result",
                    "kind": "violation",
                    "text": "結果しだいの報酬",
                    "advice": "固定の金額を書いてください。",
                    "signals": ["result_pay", "goods_pay"],
                },
                {"id": "ml_fixed", "kind": "exception", "text": "固定の報酬", "signals": ["fixed_pay"]},
            ],
        },
    ],
}
SETTINGS = {
    "simulate": {
        "first_month": "2026-01",
        "last_month": "2026-06",
        "documents_per_month": 90,
        "clients": 40,
        "workers": 60,
        "violating": {"job": 0.3, "message": 0.3},
        "mix": [1.0, 1.0],
        "drift": [0.0, 0.0],
        "campaigns_per_month": 1,
    },
    "split": {"validation_from": "2026-05", "test_from": "2026-06", "labels_as_of": "2026-09-15"},
    "train": {"folds": 2, "rounds": 12, "min_data_in_leaf": 5},
    "report": {"month": "2026-05", "as_of": "2026-06-10"},
}

_SHOPS = [
    "銭湯",
    "駄菓子屋",
    "養蜂場",
    "水族館",
    "図書室",
    "陶芸工房",
    "植木屋",
    "製麺所",
    "写真館",
    "釣具店",
    "天文台",
    "和紙問屋",
]
_TASKS = [
    "看板の文言づくり",
    "値札の清書",
    "昔の帳面の入力",
    "案内図の作図",
    "鳴き声の聞き分け",
    "標本の整理",
    "絵はがきの色塗り",
    "品書きの英訳",
    "星図の照合",
    "壁新聞の編集",
]
_PLAIN = [
    "道具はこちらでお貸しします。",
    "作業は夕方までに終えていただければ助かります。",
    "静かな部屋で進められます。",
    "分からない点は何度でもお尋ねください。",
    "猫が一匹おりますが人なつこい子です。",
    "資料は初日にまとめてお渡しします。",
    "雨の日はお休みです。",
    "見本を三つほど用意しております。",
    "細かい手順書があります。",
    "ご自分の速さで構いません。",
    "年配の方も多く働いています。",
    "仕上がりは店主が確かめます。",
    "季節の行事に合わせて進めます。",
    "途中の様子は週に一度お知らせください。",
    "お茶の時間を大切にしています。",
]
_BAD = {
    "rocket": [
        "続きはLINEでやり取りしましょう。",
        "連絡はカカオトークにお願いします。",
        "お話はTelegramで進めます。",
        "詳しくはSkypeで説明しますので追加してください。",
        "このあとはDiscordに移ってください。",
    ],
    "moonlight": [
        "報酬は成果報酬です。",
        "お支払いは売れた場合のみとなります。",
        "お礼は商品券でお渡しします。",
        "報酬は完全歩合でお願いします。",
        "謝礼は当店のクーポンに代えさせていただきます。",
    ],
}


def corpus_records(prefix, count, seed=5):
    """Records as in data/corpus: a third violating, jobs and messages by turns."""
    rng = random.Random(seed)
    records = []
    for k in range(count):
        label = [None, "rocket", None, None, "moonlight", None][k % 6]
        lines = rng.sample(_PLAIN, 4)
        lines.insert(0, f"{rng.choice(_SHOPS)}で{rng.choice(_TASKS)}をお願いします。")
        evidence, is_job = [], k % 2 == 0
        kind, field = ("job", "description") if is_job else ("message", "body")
        if label:
            lines.insert(rng.randrange(1, 5), said := rng.choice(_BAD[label]))
            evidence = [{"category": label, "field": field, "text": said}]
        when = f"2025-{k % 12 + 1:02}-{k % 28 + 1:02}T10:00:00+09:00"
        doc = {"sender_role": ["client", "worker"][k % 4 == 3], "surface": ["message", "proposal"][k % 3 == 0],
               "escrow_status": "unfunded", "contract_type": "project", "sent_at": when}  # fmt: skip
        if is_job:
            doc = {"title": lines[0][:-1], "contract_type": ["project", "task"][k % 4 == 0],
                   "job_category": "作業", "reward_type": "fixed", "reward_min_jpy": 3000 + 100 * k,
                   "reward_max_jpy": 5000 + 100 * k, "client_rating": 4.5, "client_orders": k,
                   "client_verified": True, "client_registered_on": "2020-01-05", "posted_at": when}  # fmt: skip
        records.append({
            "doc_id": f"{prefix}-{k:03}", "type": kind, "labels": [label] if label else [],
            "evidence": evidence, "note": "invented", "difficulty": "plain",
            "doc": doc | {field: "\n".join(lines) if k % 5 else "".join(lines)},
        })  # fmt: skip
    return records


def contrast_records():
    """Two contrast pairs and one disguise pair, of messages."""
    rows = [
        ("p1", "rk_no", "contrast", "続きはLINEでやり取りしましょう。", "rocket"),
        ("p1", "rk_no", "contrast", "LINEでのやり取りはお断りしています。", None),
        ("p2", "ml_fixed", "contrast", "報酬は成果報酬です。", "moonlight"),
        ("p2", "ml_fixed", "contrast", "報酬は固定で3000円です。", None),
        ("p3", "rk_out", "disguise", "続きはLINEでやり取りしましょう。", "rocket"),
        ("p3", "rk_out", "disguise", "続きはラ○ンでやり取りしましょう。", "rocket"),
    ]
    template = next(r for r in corpus_records("X", 2) if r["type"] == "message")
    return [
        template | {"doc_id": f"X-{k}", "pair": pair, "clause": clause, "kind": kind,
                    "labels": [label] if label else [], "evidence": [],
                    "doc": template["doc"] | {"body": f"和紙の仕分けの件です。{said}"}}
        for k, (pair, clause, kind, said, label) in enumerate(rows)
    ]  # fmt: skip


def write_lines(records, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


def merged(base, over):
    return base | {
        k: merged(base[k], v) if isinstance(v, dict) and isinstance(base.get(k), dict) else v
        for k, v in over.items()
    }


def write_project(folder, **changes):
    """A project's own files in `folder`: policy, parameters, corpus, contrast pairs."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params = merged(merged(params, SETTINGS), changes)
    for name, content in (("policy.yaml", POLICY), ("params.yaml", params)):
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    write_lines(corpus_records("A", 120), folder / "data" / "corpus" / "A.jsonl")
    write_lines(contrast_records(), folder / "data" / "contrast" / "X.jsonl")
    write_lines([], folder / "data" / "twins" / "Z.jsonl")
    return folder


def run_stage(name, folder):
    """Run a stage's function in `folder`, with the arguments that dvc.yaml gives it."""
    words = shlex.split(
        yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"][name]["cmd"]
    )
    assert words[:3] == ["python", "-m", f"pipelines.{name}"]
    stage = getattr(importlib.import_module(words[2]), name)
    given = {words[k][2:].replace("-", "_"): words[k + 1] for k in range(3, len(words), 2)}
    kinds = inspect.signature(stage).parameters
    assert set(given) == set(kinds)
    with contextlib.chdir(folder):
        stage(**{key: kinds[key].annotation(value) for key, value in given.items()})


@pytest.fixture(scope="session")
def line(tmp_path_factory):
    """A folder in which the stages up to the report were run on the invented policy and corpus."""
    folder = write_project(tmp_path_factory.mktemp("line"))
    for name in ("simulate", "ingest", "split", "train", "evaluate", "score", "report"):
        run_stage(name, folder)
    return folder


@pytest.fixture(scope="session")
def project_maker():
    """`write_project`, `run_stage` and the records of the invented corpus, for tests that need their own."""
    return write_project, run_stage, corpus_records


@pytest.fixture(scope="session")
def artifact(line, tmp_path_factory):
    """The scoring artifact of `line` with its manifest, without what MLflow adds."""
    folder = tmp_path_factory.mktemp("artifact") / "export"
    for name in ("final", "evaluated"):
        shutil.copytree(line / "data" / "model" / name, folder / "artifacts" / name)
    manifest = {"files": file_hashes(folder)}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return folder
