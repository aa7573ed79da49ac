// The statement: every lot as it was at the end of a day, scheme by scheme, with totals; for print.
import { boxed, dated, decimal, lotName, schemeName } from "./amounts.js";
import { SUMS, ends, sumName } from "./credit.js";
import { make } from "./dom.js";
import { local, pick, say, tell } from "./words.js";

/** Where the hundredths of a lot are, by the names that a balance has for them. */
const sumsOf = (lot) => ({ ...lot, minted: lot.amount });

/** The sheet. `statement` is `{day, items, isWhole, at}`; `account` the person. */
export function drawStatement({ day, items, isWhole, at }, account, schemes) {
  const head = make("div", { className: "sheet-head" },
    make("h3", { tabIndex: -1 }, say("page.statement.heading")),
    make("p", {}, tell("page.statement.as_of", { day })),
    make("p", {}, `${say("page.person.name")} ${account.name}${say("page.lots.between")}${say("page.person.id4")} ${account.id_last4}`));
  const tables = [...byScheme(items)].map(([id, lots]) => drawTable(id, lots.map(sumsOf), schemes));
  const none = items.length === 0 ? make("p", {}, say("page.statement.none")) : null;
  const cut = isWhole ? null : make("p", { className: "hint" }, tell("page.lots.cut", { n: items.length }));
  const foot = make("p", { className: "hint" }, `${say("page.statement.made")} ${local(at)}${say("page.lots.between")}${say("page.statement.unsigned")}`);
  return make("div", { className: "sheet" }, head, none, ...tables, cut, foot);
}

function byScheme(items) {
  const groups = new Map();
  for (const lot of items) {
    if (!groups.has(lot.scheme)) groups.set(lot.scheme, []);
    groups.get(lot.scheme).push(lot);
  }
  return groups;
}

/** One scheme: a column for each place where there is anything. */
function drawTable(id, lots, schemes) {
  const total = (sum) => lots.reduce((all, lot) => all + lot[sum], 0);
  const columns = SUMS.filter((sum) => ["minted", "available"].includes(sum) || total(sum) > 0);
  const unit = pick(schemes.get(id)?.unit);
  const title = `${schemeName(id, schemes)}${unit ? ` (${unit})` : ""}`;
  const cells = (of) => columns.map((sum) => make("td", { className: "amount" }, decimal(of(sum))));
  const heads = columns.map((sum) => make("th", { scope: "col", className: "amount" }, sumName(sum)));
  const row = (lot) => {
    const facts = [tell("page.lots.earned", { day: lot.earned_on }), ends(lot)].join(say("page.lots.between"));
    return make("tr", {}, make("th", { scope: "row" }, lotName(lot), make("small", {}, ...dated(facts))), ...cells((sum) => lot[sum]));
  };
  const table = make("table", {},
    make("caption", {}, title),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, say("page.lots.what")), ...heads)),
    make("tbody", {}, ...lots.map(row)),
    make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, say("page.statement.total")), ...cells(total))));
  return boxed(title, table);
}
