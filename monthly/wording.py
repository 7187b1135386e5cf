"""The Japanese words of the published month that are not the policy's."""

import re

import pandas as pd

UNDECIDED = "判定前"  # printed instead of a count while no document is reviewed yet
SURFACE_NAMES = {"all": "全体", "job": "お仕事", "proposal": "提案", "message": "メッセージ"}
SOURCE_NAMES = {
    "patrol": "パトロール",
    "user_report": "違反申告",
    "model": "AIによる検知",
    "audit": "無作為抽出の確認",
}
ACTION_NAMES = {
    "hide": "非表示を提案",
    "review": "確認を提案",
    "pass": "問題なしと判定",
    "unscored": "判定なし",
}
GROUP_NAMES = {"reviewed": "確認した投稿すべて", "violating": "違反と判断した投稿"}
BASIS_NAMES = {
    "audit": "AIの判定結果を、パトロール・違反申告・無作為抽出の確認結果で補正した推計値です。",
    "model": "無作為抽出の確認結果がないため、AIの判定結果をパトロールと違反申告の結果で補正した参考値です。",
}
FILE_TITLES = {
    "breakdown.csv": "項目別・種類別の内訳",
    "trend.csv": "違反のお仕事の件数の推移",
    "surfaces.csv": "お仕事・提案・メッセージ別の件数",
    "sources.csv": "確認のきっかけ別の件数",
    "actions.csv": "AIの提案別の確認の結果",
    "time_to_decision.csv": "投稿から最初の判断までの時間",
    "external.csv": "EUの透明性報告の区分による件数",
    "prevalence.csv": "違反の推計",
    "revision.csv": "過去に公表した件数の訂正",
    "report.json": "このページのすべての数値",
    "report.schema.json": "report.jsonの形式の定義",
}


def month_ja(month: str) -> str:
    """
    >>> month_ja("2026-09")
    '2026年9月'
    """
    year, number = month.split("-")
    return f"{year}年{int(number)}月"


def date_ja(date: str) -> str:
    """
    >>> date_ja("2026-10-05")
    '2026年10月5日'
    """
    day = pd.Timestamp(date)
    return f"{day.year}年{day.month}月{day.day}日"


def counted(text: str) -> str:
    """A count as it stands in a sentence or a cell: digits take 件, a label stands alone.

    >>> counted("1,204"), counted("3件未満")
    ('1,204件', '3件未満')
    """
    return f"{text}件" if text.replace(",", "").isdigit() else text


def percent(share: float | None) -> str:
    """
    >>> percent(0.1234), percent(None)
    ('12.3%', '－')
    """
    return "－" if share is None else f"{share:.1%}"


def duration(hours: float | None) -> str:
    """
    >>> duration(23.5), duration(110.8), duration(None)
    ('23.5時間', '4.6日', '－')
    """
    if hours is None:
        return "－"
    return f"{hours:.1f}時間" if hours < 48 else f"{hours / 24:.1f}日"


def unbroken(text: str) -> str:
    """Text without the spaces that a folded line of YAML leaves between Japanese characters.

    >>> unbroken("決められた内容の 口コミ (PR) や、 SMS")
    '決められた内容の口コミ (PR) や、SMS'
    """
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])|(?<=[、。」）])\s+", "", text)
