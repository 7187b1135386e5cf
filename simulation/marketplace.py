"""A marketplace's months made from the corpus: jobs, messages, decisions, and what stands behind them.

Every month is drawn from its own random stream, so months can be made one at a time in bounded
memory, and the same seed gives the same bytes.
"""

import calendar
import json
import random
from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from operator import itemgetter

from simulation.corpus import Case, CorpusError, units
from simulation.variation import vary

_JAPAN = timezone(timedelta(hours=9))
# The hour of a posting is one of these: few at night, most in the late morning, after lunch, in the evening.
_HOURS = [0, 1, 7, *range(8, 24), *range(9, 24), 10, 11, 13, 14, 20, 21, 22]


@dataclass(frozen=True)
class Plan:
    """What is drawn once for all months: texts dealt to blocks, campaigns, accounts."""

    months: list[str]
    blocks: dict[str, str]  # month -> block
    fine: dict[str, list[list[Case]]]  # block -> units without a violation
    violating: dict[str, dict[str, list[list[Case]]]]  # block -> category -> units
    campaigns: dict[str, list[tuple[str, Case]]]  # month -> (campaign id, its text)
    clients: list[dict]
    workers: list[str]


@dataclass
class Month:
    """One month's rows, each a plain dict of some columns of its table; the others are empty."""

    jobs: list[dict] = field(default_factory=list)
    messages: list[dict] = field(default_factory=list)
    labels: list[dict] = field(default_factory=list)
    origins: list[dict] = field(default_factory=list)


def month_range(first: str, last: str) -> list[str]:
    """All months from `first` to `last`, both `YYYY-MM` and included."""
    year, month = map(int, first.split("-"))
    months = []
    while (name := f"{year}-{month:02d}") <= last:
        months.append(name)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months


def plan_marketplace(cases: list[Case], order: list[str], settings: dict, blocks: dict[str, str]) -> Plan:
    """Deal the corpus to blocks of months and draw campaigns and accounts.

    Parameters
    ----------
    cases
        The corpus.
    order
        Category ids in the policy's order; `settings["mix"]` and `settings["drift"]` follow it.
    settings
        `params.yaml`'s `simulate`.
    blocks
        Month to block (`train`, `validation`, `test`): a text stands behind one block's months only,
        campaigns apart.

    Raises
    ------
    CorpusError
        Where a case has a label that is not in `order`, or `mix` or `drift` is not as long as it.
    """
    _check_labels(cases, order)
    for name in ("mix", "drift"):
        if (found := len(settings[name])) != len(order):
            raise CorpusError(f"simulate.{name} has {found} entries, expected {len(order)}, one a category")
    rng = random.Random(f"{settings['seed']}/plan")
    months = list(blocks)
    names = list(dict.fromkeys(blocks.values()))
    shares = [settings["corpus_shares"][name] for name in names]
    fine = {name: [] for name in names}
    violating = {name: {c: [] for c in order} for name in names}
    every = sorted(units(cases), key=lambda unit: unit[0].doc_id)
    rng.shuffle(every)
    for kind in [None, *order]:
        alike = [u for u in every if _first_label(u, order) == kind]
        dealt = 0.0
        for name, share in zip(names, shares, strict=True):
            start, dealt = round(dealt * len(alike)), dealt + share
            target = fine[name] if kind is None else violating[name][kind]
            target.extend(alike[start : round(dealt * len(alike))])
    campaigns = _campaigns(rng, months, blocks, violating, settings)
    clients = [_client(rng, k) for k in range(round(settings["clients"]))]
    workers = [f"W{k:06d}" for k in range(round(settings["workers"]))]
    return Plan(months, blocks, fine, violating, campaigns, clients, workers)


def _check_labels(cases, order):
    """Refuse a label that the policy does not have: the case would be taken as fine."""
    for case in cases:
        for label in case.labels:
            if label not in order:
                raise CorpusError(f"{case.doc_id}: the policy has no category {label!r}")


def _first_label(unit, order):
    labels = {label for case in unit for label in case.labels}
    return next((c for c in order if c in labels), None)


def _campaigns(rng, months, blocks, violating, settings):
    """Texts that are posted again and again for two to six months, over the end of a block too."""
    running = {month: [] for month in months}
    for start, month in enumerate(months):
        singles = [u[0] for of_kind in violating[blocks[month]].values() for u in of_kind if len(u) == 1]
        for k, case in enumerate(rng.sample(singles, min(settings["campaigns_per_month"], len(singles)))):
            for later in months[start : start + rng.randrange(2, 7)]:
                running[later].append((f"campaign-{month}-{k}", case))
    return running


def _client(rng, k):
    registered = datetime(2015, 1, 1, tzinfo=_JAPAN) + timedelta(days=rng.randrange(3500))
    return {
        "client_id": f"C{k:06d}",
        "client_rating": rng.choice([None, None, *[round(rng.uniform(3.4, 5.0), 1) for _ in range(6)]]),
        "client_orders": int(rng.paretovariate(0.7)) - 1,
        "client_verified": rng.choice(["true", "true", "false", ""]),
        "client_registered_on": registered.date().isoformat(),
    }


def simulate_months(plan: Plan, order: list[str], settings: dict) -> Iterator[tuple[str, Month]]:
    """Yield each month's rows in turn."""
    open_jobs: list[dict] = []
    for index, month in enumerate(plan.months):
        made = _Maker(plan, order, settings, index, open_jobs).make()
        # Jobs of the last three weeks, from the month's eleventh day on, stay open for the next month.
        open_jobs = [j for j in made.jobs if datetime.fromisoformat(j["posted_at"]).day > 10]
        yield month, made


def reference_cases(cases: list[Case], order: list[str]) -> Month:
    """The corpus itself as tables: the library of known cases that stands beside the stream.

    Message cases get a job row of their own kind of contract where their thread has none; such a
    job is context alone and carries no label. A label that is not in `order` is a `CorpusError`.
    """
    _check_labels(cases, order)
    made = Month()
    for unit in units(cases):
        job = next((c for c in unit if c.type == "job"), None)
        for case in unit:
            if case.type == "job":
                row = {"job_id": case.doc_id, "client_id": f"client-{case.doc_id}"} | case.doc
                made.jobs.append(_flags_as_text(row))
                when = case.doc["posted_at"]
            else:
                contract = case.doc.get("contract_type") or "project"
                host = job.doc_id if job else _bare_job(made, contract, case)
                row = {k: v for k, v in case.doc.items() if k != "contract_type"}
                made.messages.append(
                    {
                        "message_id": case.doc_id,
                        "job_id": host,
                        "thread_id": case.thread or f"thread-{case.doc_id}",
                        "sender_id": f"sender-{case.doc_id}",
                    }
                    | row
                )
                when = case.doc["sent_at"]
            made.labels += _decision(case.doc_id, case.labels, order, "audit", 1.0, when)
            made.origins.append(_origin(case.doc_id, unit[0], case, None, case.evidence, case.difficulty))
    return made


def _bare_job(made, contract, case):
    """Project-type is what a message without a job is taken as; only other types need a row."""
    if contract == "project":
        return ""
    job_id = f"job-of-{case.doc_id}"
    made.jobs.append(
        {
            "job_id": job_id,
            "posted_at": case.doc["sent_at"],
            "client_id": f"client-{case.doc_id}",
            "contract_type": contract,
            "title": "（募集終了）",
            "description": "（この募集は終了しました）",
            "reward_type": "unspecified",
        }
    )
    return job_id


def _flags_as_text(row):
    verified = row.get("client_verified")
    return row | {"client_verified": "" if verified is None else str(verified).lower()}


def _decision(document_id, labels, order, source, probability, when):
    named = [c for c in order if c in labels] or ["none"]
    return [
        {
            "document_id": document_id,
            "category": c,
            "source": source,
            "inclusion_probability": probability if source == "audit" else "",
            "decided_at": when,
        }
        for c in named
    ]


def _origin(document_id, template, case, campaign, evidence, difficulty):
    return {
        "document_id": document_id,
        "template_id": campaign or template.pair or template.thread or template.doc_id,
        "campaign": campaign or "",
        "difficulty": difficulty,
        "truth": "|".join(case.labels),
        "evidence": json.dumps(list(evidence), ensure_ascii=False),
    }


class _Maker:
    """The state of one month while it is made."""

    def __init__(self, plan, order, settings, index, open_jobs):
        self.plan, self.order, self.settings = plan, order, settings
        self.month = plan.months[index]
        self.block = plan.blocks[self.month]
        self.rng = random.Random(f"{settings['seed']}/{self.month}")
        self.progress = index / max(len(plan.months) - 1, 1)
        growth = settings["growth"]
        size = settings["documents_per_month"] * settings["scale"] * (1 + growth * (self.progress - 0.5))
        self.jobs_wanted = round(size * settings["job_share"])
        self.messages_wanted = round(size) - self.jobs_wanted
        self.disguise = settings["disguise_first"] + self.progress * (
            settings["disguise_last"] - settings["disguise_first"]
        )
        # A few accounts are behind many of the violations.
        self.bad_clients = plan.clients[: max(3, len(plan.clients) // 100)]
        self.out = Month()
        self.decks, self.fits = {}, {}
        self.hosts = {}  # contract type -> its jobs by time
        for job in open_jobs:
            self._open(job)

    def make(self):
        jobs, messages = self.jobs_wanted, self.messages_wanted
        rates = self.settings["violating"]
        quotas = [
            ("job", True, jobs * rates["job"]),
            ("job", False, jobs * (1 - rates["job"])),
            ("message", True, messages * rates["message"]),
            ("message", False, messages * (1 - rates["message"])),
        ]
        counts = dict.fromkeys(((kind, bad) for kind, bad, _ in quotas), 0)
        for kind, bad, quota in quotas:
            while counts[kind, bad] < round(quota):
                for case in self._place(kind, bad):
                    counts[case.type, bool(case.labels)] += 1
        for rows, key in (
            (self.out.jobs, "posted_at"),
            (self.out.messages, "sent_at"),
            (self.out.labels, "decided_at"),
        ):
            rows.sort(key=lambda row: (row[key], *map(str, row.values())))
        return self.out

    def _place(self, kind, bad):
        rng = self.rng
        running = [c for c in self.plan.campaigns[self.month] if c[1].type == kind] if bad else []
        if running and rng.random() < self.settings["campaign_share"]:
            campaign, case = rng.choice(running)
            self._add([case], campaign)
            return [case]
        unit = self._draw(kind, bad)
        self._add(unit, None)
        return unit

    def _draw(self, kind, bad):
        """A unit of the wanted kind, without repeating one before all of its like were used."""
        fit, category = self._fit(kind, bad), None
        if bad:
            weights = [
                max(mix * (1 + drift * (self.progress - 0.5)), 0.01) if fit[c] else 0
                for c, mix, drift in zip(
                    self.order, self.settings["mix"], self.settings["drift"], strict=True
                )
            ]
            category = self.rng.choices(self.order, weights)[0]
        deck = self.decks.setdefault((kind, category), [])
        if not deck:
            deck.extend(fit[category])
            self.rng.shuffle(deck)
        return deck.pop()

    def _fit(self, kind, bad):
        """By category (None: fine) the units of the month's block with a document of the wanted kind."""
        if (kind, bad) not in self.fits:
            pools = self.plan.violating[self.block] if bad else {None: self.plan.fine[self.block]}
            fit = {
                category: [u for u in pool if any(c.type == kind and bool(c.labels) == bad for c in u)]
                for category, pool in pools.items()
            }
            if not any(fit.values()):
                what = f"{'violating' if bad else 'fine'} {kind}"
                raise CorpusError(
                    f"no {what} of the corpus was dealt to the part {self.block!r}: more are needed"
                )
            self.fits[kind, bad] = fit
        return self.fits[kind, bad]

    def _add(self, unit, campaign):
        rng, job = self.rng, None
        # Gaps come first, and fit into 27 days: so the whole thread finds room in its month. A text must
        # not leave its part of the experiment.
        longest = min(2400, 27 * 24 * 60 // len(unit))
        gaps = [timedelta(minutes=rng.randrange(30, longest)) for _ in unit[1:]]
        when = self._moment(sum(gaps, timedelta()))
        worker = rng.choice(self.plan.workers)
        thread = f"T{self.month.replace('-', '')}{len(self.out.origins):07d}"
        for case, gap in zip(unit, [timedelta(), *gaps], strict=True):
            when += gap
            varied = vary(case, rng, self.disguise)
            doc = varied.doc
            if case.type == "job":
                client = self._client(bool(case.labels))
                document_id = f"J{self.month.replace('-', '')}{len(self.out.jobs):07d}"
                job = self._job_row(document_id, client, doc, when)
                self.out.jobs.append(job)
                self._open(job)
            else:
                document_id = f"M{self.month.replace('-', '')}{len(self.out.messages):07d}"
                job = job or self._host(doc.get("contract_type") or "project", when)
                when = max(when, datetime.fromisoformat(job["posted_at"]) + timedelta(minutes=30))
                sender = job["client_id"] if doc["sender_role"] == "client" else worker
                self.out.messages.append(
                    {
                        "message_id": document_id,
                        "job_id": job["job_id"],
                        "thread_id": thread,
                        "sent_at": when.isoformat(),
                        "sender_id": sender,
                        "sender_role": doc["sender_role"],
                        "surface": doc["surface"],
                        "escrow_status": doc["escrow_status"],
                        "body": doc["body"],
                    }
                )
            difficulty = "disguised" if varied.disguised else case.difficulty
            self.out.origins.append(
                _origin(document_id, unit[0], case, campaign, varied.evidence, difficulty)
            )
            self._decide(document_id, case, when)

    def _moment(self, room):
        """A time of the month that leaves `room`, in whole days, before the month's end."""
        year, month = map(int, self.month.split("-"))
        days = -(-room // timedelta(days=1))
        day = self.rng.randrange(1, calendar.monthrange(year, month)[1] + 1 - days)
        hour, minute, second = self.rng.choice(_HOURS), self.rng.randrange(60), self.rng.randrange(60)
        return datetime(year, month, day, hour, minute, second, tzinfo=_JAPAN)

    def _client(self, bad):
        if bad and self.rng.random() < self.settings["bad_account_share"]:
            return self.rng.choice(self.bad_clients)
        return self.plan.clients[min(int(self.rng.paretovariate(0.4)), 10**9) * 7919 % len(self.plan.clients)]

    def _job_row(self, document_id, client, doc, when):
        texts = {k: doc[k] for k in ("title", "description", "contract_type", "job_category", "reward_type")}
        pay = {k: "" if doc[k] is None else doc[k] for k in ("reward_min_jpy", "reward_max_jpy")}
        registered = client["client_registered_on"]
        posted = when.date().isoformat()
        return (
            {"job_id": document_id, "posted_at": when.isoformat()}
            | client
            | {"client_rating": "" if client["client_rating"] is None else client["client_rating"]}
            | {"client_registered_on": min(registered, posted)}
            | texts
            | pay
        )

    def _open(self, job):
        insort(self.hosts.setdefault(job["contract_type"], []), job, key=itemgetter("posted_at"))

    def _host(self, contract, when):
        """A job for a message to belong to: of its contract type, and posted half an hour before it.

        Where none was posted so early, the first one, for the message to move as little as may be.
        """
        fit = self.hosts.get(contract) or next(iter(self.hosts.values()))
        latest = (when - timedelta(minutes=30)).isoformat()
        before = bisect_right(fit, latest, key=itemgetter("posted_at"))
        return fit[self.rng.randrange(before or 1)]

    def _decide(self, document_id, case, when):
        rng, review = self.rng, self.settings["review"]
        bad = bool(case.labels)
        events = []
        if rng.random() < review["patrol"][case.type]:
            events.append(("patrol", ""))
        if rng.random() < review["user_report"]["violating" if bad else "fine"]:
            events.append(("user_report", ""))
        if not events and rng.random() < review["model"]["violating" if bad else "fine"]:
            events.append(("model", ""))
        if rng.random() < review["audit"]:
            events.append(("audit", review["audit"]))
        for source, probability in events:
            decided = when + timedelta(days=self._delay())
            labels = case.labels
            wrong = rng.random() < review["wrong"] and source != "audit"
            if wrong:
                labels = () if bad else (rng.choice(self.order),)
            rows = _decision(document_id, labels, self.order, source, probability, decided.isoformat())
            self.out.labels += rows
            if wrong and rng.random() < review["corrected"]:
                later = decided + timedelta(days=2 + rng.random() * 25)
                self.out.labels += _decision(
                    document_id, case.labels, self.order, source, probability, later.isoformat()
                )

    def _delay(self):
        """Days from posting to decision: median one day, a tail to two months."""
        return min(self.rng.lognormvariate(0, 1.3), 60.0)
