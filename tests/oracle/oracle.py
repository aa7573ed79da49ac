"""Recognition by the pages alone: docs/formats/agreement.md, docs/formats/recognition.md and what they link. Nothing of ours is used.

decide(inputs) gives the bytes of the decision. The inputs are those of the page, as verifier/tests/vectors/recognition.json has them.
"""

import base64
import calendar
import datetime
import hashlib
import json

GRADES = ["fail", "pass", "good", "excellent"]
WAIVABLE = {"type", "kind", "course", "occupation", "level", "grade", "max_age_months", "earned"}
AMOUNT_MIN, AMOUNT_MAX = 1, 1_000_000_000
MEMBERS = {
    "certificate": "number type origin provider occupation level grade earned issued",
    "provider": "code origin occupation level",
    "lot": "id scheme amount kind category course occupation level grade provider earned expires basis",
    "interval": "from until standing cause",
    "booking": "lot scheme category course amount expires",
}
# What a check finds of a certificate, of a provider or of one lot. UNKNOWN: nobody supplied the fact.
GOOD, BAD, UNKNOWN = "good", "bad", "unknown"


def ordered(kind, values):
    """The members that are there, in the order of the page."""
    return {name: values[name] for name in MEMBERS[kind].split() if values.get(name) is not None}


def money(hundredths):
    return f"{hundredths // 100}.{hundredths % 100:02}"


def listed(values):
    return ", ".join(values)


def months_before(day, months):
    """The same day of the month so many months earlier, or the last of that month; never before the calendar begins."""
    date = datetime.date.fromisoformat(day)
    count = date.year * 12 + date.month - 1 - months
    year, month = count // 12, count % 12 + 1
    if year < 1:
        return "0001-01-01"
    return datetime.date(year, month, min(date.day, calendar.monthrange(year, month)[1])).isoformat()


def between(low, high, value):
    return (low is None or low <= value) and (high is None or value <= high)


def span(low, high, words):
    """`1 to 5`, `at least 1` or `at most 5`; of days `A to B`, `from A` or `through B`."""
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"{words[0]} {low}" if high is None else f"{words[1]} {high}"


def opened(waiver):
    """A waiver with its digest. One that is a text was verified by whoever supplied it."""
    if isinstance(waiver, str):
        payload = waiver.split(".")[1]
        content = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return content | {"digest": "sha256:" + hashlib.sha256(waiver.encode()).hexdigest()}
    return waiver["content"] | {"digest": waiver["digest"]}


class Question:
    """One grant, one case, one place, one day, and what is known."""

    def __init__(self, inputs):
        text = inputs["agreement"].encode()
        self.agreement, self.digest = json.loads(text), "sha256:" + hashlib.sha256(text).hexdigest()
        self.grant = next(grant for grant in self.agreement["grants"] if grant["id"] == inputs["grant"])
        self.accept = self.grant["accept"]
        self.life, self.place, self.day = inputs["life"], inputs["place"], inputs["day"]
        self.kind, self.case = next(iter(inputs["case"].items()))
        self.providers = {provider["code"]: provider for provider in inputs["providers"]}
        self.used = {used["scheme"]: used for used in inputs["used"]}
        self.waivers = [waiver for waiver in map(opened, inputs["waivers"]) if self.applies(waiver)]
        self.lots = self.case.get("lots", [])
        self.subjects = self.lots if self.kind == "credit" else [self.case]
        self.checks = []

    def applies(self, waiver):
        asked = (self.place, self.digest, self.grant["id"])
        return (waiver["region"], waiver["agreement"], waiver["grant"]) == asked and waiver["from"] <= self.day < waiver["until"]

    # The checks, written down.

    def say(self, check, want, got, finding, waived=()):
        written = {"check": check, "want": want, "got": got, "ok": finding == GOOD}
        if waived and finding == GOOD:
            written["waived"] = sorted(waived)
        self.checks.append((written, finding))

    def waivers_of(self, check, subject):
        if check not in WAIVABLE and not check.startswith("provider."):
            return []
        name = subject[{"certificate": "number", "credit": "basis", "provider": "code"}[self.kind]]
        return [waiver["digest"] for waiver in self.waivers if check in waiver["checks"] and waiver["case"] == name]

    def ask(self, check, want, look):
        """Looks at the certificate or provider, or at every lot; `look` gives the value and what is found of it."""
        found = [(subject, *look(subject)) for subject in self.subjects]
        waived, findings = set(), set()
        for subject, _, finding in found:
            digests = self.waivers_of(check, subject) if finding != GOOD else []
            waived.update(digests)
            findings.add(GOOD if digests else finding)
        if check == "amount" and not found:
            findings.add(BAD)
        finding = BAD if BAD in findings else UNKNOWN if UNKNOWN in findings else GOOD
        self.say(check, want, self.summary(found), finding, waived)

    def summary(self, found):
        if self.kind != "credit":
            return found[0][1]
        not_good = [f"{lot['id']} {value}" for lot, value, finding in found if finding != GOOD]
        counted = f"{len(found) - len(not_good)} of {len(found)}"
        return f"{counted}: {listed(not_good[:5])}" if not_good else counted

    def ask_member(self, check, member, want, is_good):
        """Of a member of the facts: what is not there is none, and not good."""

        def look(subject):
            value = subject.get(member)
            if value is None or (member == "provider" and self.kind == "provider"):
                return "none", BAD
            return str(value), GOOD if is_good(value) else BAD

        self.ask(check, want, look)

    # The agreement and the grant.

    def agreed(self):
        signed = self.life["agreed"]
        self.say("signed", "every party", "every party" if signed else "not every party", GOOD if signed else BAD)
        first, last = self.agreement["in_force"]["from"], self.agreement["in_force"].get("through")
        ended, superseded = self.life["ended_on"], self.life["superseded_from"]
        got, finding = self.day, GOOD
        if self.day < first:
            finding = BAD
        elif ended is not None and ended <= self.day:
            got, finding = f"ended on {ended}", BAD
        elif superseded is not None and superseded <= self.day:
            got, finding = f"superseded from {superseded}", BAD
        elif last is not None and last < self.day:
            finding = BAD
        self.say("in_force", span(first, last, ["from", ""]), got, finding)
        origin, sides = self.case["origin"], (self.grant["from"], self.grant["to"])
        covered = origin in sides[0] and self.place in sides[1] and origin != self.place
        self.say("parties", f"{listed(sides[0])} to {listed(sides[1])}", f"{origin} to {self.place}", GOOD if covered else BAD)
        self.say("moves", self.grant["moves"], self.kind, GOOD if self.kind == self.grant["moves"] else BAD)

    # The conditions.

    def conditions(self):
        accept = self.accept
        for check in ["type", "scheme", "kind"]:
            if check in accept:
                values = accept[check] if check != "scheme" else [accept[check]]
                self.ask_member(check, check, listed(values), values.__contains__)
        self.category()
        if "course" in accept:
            self.ask_member("course", "course", listed(accept["course"]), accept["course"].__contains__)
        if "occupation" in accept:
            self.ask_member("occupation", "occupation", listed(accept["occupation"]), lambda code: code.startswith(tuple(accept["occupation"])))
        if "level" in accept:
            low, high = accept["level"].get("min"), accept["level"].get("max")
            self.ask_member("level", "level", span(low, high, ["at least", "at most"]), lambda rank: between(low, high, rank))
        if "grade" in accept:
            least = accept["grade"]["min"]
            self.ask_member("grade", "grade", f"at least {least}", lambda grade: GRADES.index(grade) >= GRADES.index(least))
        if "max_age_months" in accept:
            oldest = months_before(self.day, accept["max_age_months"])
            self.ask_member("max_age_months", "earned", f"from {oldest}", lambda earned: earned >= oldest)
        if "earned" in accept:
            first, last = accept["earned"].get("from"), accept["earned"].get("through")
            self.ask_member("earned", "earned", span(first, last, ["from", "through"]), lambda earned: between(first, last, earned))

    def category(self):
        accepted, counterparts = self.accept.get("category"), self.grant.get("convert", {}).get("category")
        if accepted is None and counterparts is None:
            return
        if accepted is None:
            want = ["none", *counterparts]
        else:
            want = [category for category in accepted if counterparts is None or category in counterparts]

        def look(subject):
            category = subject.get("category")
            if category is None:
                return "none", GOOD if accepted is None and self.kind == "credit" else BAD
            good = (accepted is None or category in accepted) and (counterparts is None or category in counterparts)
            return category, GOOD if good else BAD

        self.ask("category", listed(want), look)

    # The provider.

    def standing(self, subject):
        """The code, what is known of the provider, the day that counts, and the intervals that cover it. Without such a day nothing is known."""
        code = subject.get("code" if self.kind == "provider" else "provider")
        day = self.day if self.accept["provider"]["status_at"] == "offered" else subject.get("earned")
        known = self.providers.get(code) if day else None
        timeline = known["timeline"] if known else []
        covering = [own for own in timeline if own["from"] <= day and (own.get("until") is None or day < own["until"])]
        return code, known, day, covering

    def ask_provider(self, check, want, judge):
        """`judge` is given the subject and the intervals, at least one."""

        def look(subject):
            code, known, _, intervals = self.standing(subject)
            if code is None:
                return "none", BAD
            if known is None:
                return "unknown", UNKNOWN
            return judge(subject, intervals) if intervals else ("not listed", BAD)

        self.ask("provider." + check, want, look)

    def provider(self):
        if "provider" not in self.accept:
            return
        accept = self.accept["provider"]
        self.ask_provider("listed", f"listed when {accept['status_at']}", lambda _, intervals: first_fault(intervals, "listed", not_listed))
        for member in ["class", "flag"]:
            if member in accept:
                self.ask_provider(member, listed(accept[member]), lambda _, intervals: each_in(intervals, member, accept[member]))
        if "type" in accept:
            self.ask("provider.type", listed(accept["type"]), self.type_of_provider)
        if "code" in accept:
            member = "code" if self.kind == "provider" else "provider"
            self.ask("provider.code", listed(accept["code"]), lambda subject: one_of(subject.get(member), accept["code"]))
        if "in_scope" in accept:
            self.ask_provider("in_scope", "in scope", lambda subject, own: first_fault(own, "in scope", lambda one: self.out_of_scope(one, subject)))

    def type_of_provider(self, subject):
        code, known, _, _ = self.standing(subject)
        if code is not None and known is None:
            return "unknown", UNKNOWN
        return one_of(known and known["kind"], self.accept["provider"]["type"])

    def out_of_scope(self, interval, subject):
        if interval["standing"] == "barred":
            return "barred"
        scope = interval["standing"]["listed"]["scope"]
        occupations, types, level = scope.get("occupations", []), scope.get("types", []), subject.get("level")
        if types and self.kind == "certificate" and subject["type"] not in types:
            return "type out of scope"
        if occupations and not (subject.get("occupation") or "").startswith(tuple(occupations)):
            return "occupation out of scope"
        if level is not None and not scope.get("level_min", 0) <= level <= scope.get("level_max", 7):
            return "level out of scope"
        return None

    # Credit.

    def converted(self, lot):
        n, d = self.grant.get("convert", {}).get("ratio", (1, 1))
        return lot["amount"] * n // d

    def credit(self):
        if self.grant["moves"] != "credit":
            return
        is_credit = self.kind == "credit"

        def unexpired(lot):
            expires = lot.get("expires")
            return ("none", GOOD if is_credit else BAD) if expires is None else (expires, GOOD if expires > self.day else BAD)

        def amount(lot):
            if not is_credit:
                return "none", BAD
            return money(self.converted(lot)), GOOD if between(AMOUNT_MIN, AMOUNT_MAX, self.converted(lot)) else BAD

        self.ask("unexpired", f"after {self.day}", unexpired)
        if "all_of" in self.grant:
            self.all_of()
        else:
            self.ask("amount", f"{money(AMOUNT_MIN)} to {money(AMOUNT_MAX)}", amount)
        self.limits()

    def all_of(self):
        wanted = {course["course"]: course["amount"] for course in self.grant["all_of"]}
        sums = {}
        for lot in self.lots:
            sums[lot.get("course")] = sums.get(lot.get("course"), 0) + lot["amount"]
        by_code = sorted(sums.items(), key=lambda course: (course[0] is None, course[0] or ""))
        got = listed(f"{course or 'none'} {money(amount)}" for course, amount in by_code) or "nothing"
        good = sums == wanted
        if len({lot["scheme"] for lot in self.lots}) > 1:
            got, good = "several schemes", False
        want = listed(f"{course} {money(amount)}" for course, amount in wanted.items())
        self.say("all_of", want, got, GOOD if good else BAD)

    def limits(self):
        limits = {limit["per"]: limit["amount"] for limit in self.grant.get("limits", [])}
        if "gives" in self.grant:
            scheme, more = self.grant["gives"][0]["scheme"], sum(given["amount"] for given in self.grant["gives"])
        else:
            scheme = self.grant.get("convert", self.accept)["scheme"]
            more = sum(self.converted(lot) for lot in self.lots)
        for per, member in [("learner-year", "year"), ("learner-source", "source")]:
            if per in limits:
                used = max(0, self.used.get(scheme, {}).get(member, 0))
                good = used + more <= limits[per]
                self.say("limit:" + per, f"at most {money(limits[per])}", f"{money(used)} + {money(more)}", GOOD if good else BAD)

    def gives(self):
        if "all_of" in self.grant:
            expires = min((lot["expires"] for lot in self.lots if "expires" in lot), default=None)
            return [ordered("booking", given | {"expires": expires}) for given in self.grant["gives"]]
        convert = self.grant.get("convert", {})
        counterparts = convert.get("category", {})
        return [ordered("booking", {
            "lot": lot["id"], "scheme": convert.get("scheme", lot["scheme"]), "category": counterparts.get(lot.get("category"), lot.get("category")),
            "course": lot.get("course"), "amount": self.converted(lot), "expires": lot.get("expires"),
        }) for lot in self.lots]

    # The decision.

    def decision(self):
        for part in [self.agreed, self.conditions, self.provider, self.credit]:
            part()
        findings = {finding for _, finding in self.checks}
        outcome = "refused" if BAD in findings else "undetermined" if UNKNOWN in findings else "recognised"
        decision = {
            "hufu": "decision/1", "agreement": self.digest, "version": self.agreement["version"], "grant": self.grant["id"], "moves": self.grant["moves"],
            "from": self.case["origin"], "to": self.place, "day": self.day, "outcome": outcome, "case": {self.kind: self.written_case()},
        }
        providers = self.written_providers() if "provider" in self.accept else []
        if providers:
            decision["provider"] = providers
        decision["checks"] = [check for check, _ in self.checks]
        if outcome == "recognised" and self.kind == "credit":
            decision["gives"] = self.gives()
        return decision

    def written_case(self):
        if self.kind == "credit":
            return {"origin": self.case["origin"], "lots": [ordered("lot", lot) for lot in self.lots]}
        return ordered(self.kind, self.case)

    def written_providers(self):
        written = {}
        for subject in self.subjects:
            code, known, day, intervals = self.standing(subject)
            if known:
                intervals = [ordered("interval", own | {"standing": written_standing(own["standing"])}) for own in intervals]
                written.setdefault((code, day), {"code": code, "day": day, "type": known["kind"], "intervals": intervals})
        return list(written.values())


def one_of(value, values):
    return ("none", BAD) if value is None else (value, GOOD if value in values else BAD)


def not_listed(interval):
    if interval["standing"] == "barred":
        return "barred"
    standing = interval["standing"]["listed"]
    return "class D" if standing["class"] == "D" else "red flag" if standing["flag"] == "red" else None


def first_fault(intervals, well, fault_of):
    faults = [fault for fault in map(fault_of, intervals) if fault]
    return (faults[0], BAD) if faults else (well, GOOD)


def each_in(intervals, member, values):
    found = ["barred" if own["standing"] == "barred" else own["standing"]["listed"][member] for own in intervals]
    return listed(dict.fromkeys(found)), GOOD if all(value in values for value in found) else BAD


def written_standing(standing):
    if standing == "barred":
        return standing
    listing = standing["listed"]
    scope = {"level_min": 0, "level_max": 7} | listing["scope"]
    members = [name for name in ["occupations", "level_min", "level_max", "types"] if scope.get(name) not in (None, [])]
    return {"listed": {"class": listing["class"], "flag": listing["flag"], "scope": {name: scope[name] for name in members}}}


def decide(inputs):
    return json.dumps(Question(inputs).decision(), ensure_ascii=False, separators=(",", ":")).encode()
