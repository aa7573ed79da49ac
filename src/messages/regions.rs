//! The words of the pages about other regions: how much is recognised where, and which bodies.

use verifier::messages::Message;

const fn m(code: &'static str, zh: &'static str, en: &'static str) -> Message {
    Message { code, zh, en }
}

/// Every word that only these pages say by themselves.
#[rustfmt::skip]
pub const REGIONS: &[Message] = &[
    m("page.providers.region", "地区", "Region"),
    m("page.providers.region_own", "本地区登记的机构", "Listed in this region"),
    m("page.providers.region_other", "{region} 登记、本地区认可的机构", "Listed in {region}, recognised here"),
    m("page.providers.elsewhere", "在其他地区", "In other regions"),
    m("page.providers.here", "在本地区", "In this region"),
    m("page.providers.nowhere", "本地区尚未与其他地区达成互认协议。", "This region has no agreement with another yet."),
    m("page.providers.recognised", "认可", "Recognised"),
    m("page.providers.not_recognised", "不认可", "Not recognised"),
    m("page.providers.since", "自 {day} 起", "since {day}"),
    m("page.providers.by", "依据：{title}，条款 {grant}", "By: {title}, clause {grant}"),
    m("page.providers.digest", "协议摘要：{digest}", "Agreement: {digest}"),
    m("page.providers.from_bundle", "由 {region} 登记，数据取自其信任包。", "Listed in {region}; taken from its trust bundle."),

    m("page.coverage.lead", "本地区签发的证书，有多少在其他地区依据互认协议得到认可；没有得到认可的，原因列在表后。", "How much of what was certified in this region other regions recognise by agreement; what they do not, and why, stands below the table."),
    m("page.coverage.script_needed", "查看统计须启用 JavaScript。", "The figures need JavaScript."),
    m("page.coverage.waiting", "正在统计……", "Counting…"),
    m("page.coverage.failed", "未能取得统计数字，请稍后再试。", "The figures could not be had. Try again later."),
    m("page.coverage.no_places", "本地区尚未与其他地区达成互认协议。", "This region has no agreement with another yet."),
    m("page.coverage.no_kinds", "还没有可统计的证书。", "There are no certificates to count yet."),
    m("page.coverage.counted", "统计日期：{day}。只计有效或暂停的证书，已吊销和已替换的不计。", "Counted on {day}. What was revoked or replaced does not count."),
    m("page.coverage.rule", "数字向下取整至 5 的倍数，1 至 4 写作 <5，以免从数字认出个人。合计和百分比只由表中数字算出，<5 按 5 计。", "Counts are rounded down to multiples of 5, and 1 to 4 are <5, so that nobody is found by a number. Sums and percentages come from what stands here and from nothing else, <5 counted as 5."),
    m("page.coverage.caption", "从 {from} 到各地区：认可比例，认可数和未认可数", "From {from} to each region: the share recognised, how many are and how many are not"),
    m("page.coverage.table", "互认覆盖表，可左右滚动", "Table of coverage; scrolls sideways"),
    m("page.coverage.kind", "证书", "Certificates"),
    m("page.coverage.issued", "签发", "Issued"),
    m("page.coverage.to", "到", "To"),
    m("page.coverage.all", "全部", "All"),
    m("page.coverage.occupation", "职业 {code}", "Occupation {code}"),
    m("page.coverage.no_occupation", "不分职业", "No occupation"),
    m("page.coverage.no_level", "不分等级", "No level"),
    m("page.coverage.few", "过少", "too few"),
    m("page.coverage.of", "认可 {recognised}", "recognised {recognised}"),
    m("page.coverage.legend", "颜色深浅：认可比例", "Shade: the share recognised"),
    m("page.coverage.gaps", "没有得到认可的", "What is not recognised"),
    m("page.coverage.no_gaps", "全部得到认可。", "Everything is recognised."),
    m("page.coverage.uncovered", "未认可 {n}", "not recognised {n}"),
    m("page.coverage.fails", "主要原因，不满足：{check}", "Mostly because this is not met: {check}"),
    m("page.coverage.not_covered", "主要原因：{words}", "Mostly because {words}"),
    m("page.coverage.why_few", "数量过少，不说明原因。", "Too few to say why."),
];
