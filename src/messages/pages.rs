//! The words of the pages under /, /v and /docs/errors.

use verifier::messages::Message;

const fn m(code: &'static str, zh: &'static str, en: &'static str) -> Message {
    Message { code, zh, en }
}

/// Every word that a page says by itself. What was found out is said by the verifier's own words.
#[rustfmt::skip]
pub const PAGES: &[Message] = &[
    m("page.name", "虎符", "Hufu"),
    m("page.registry", "技能证书登记系统", "Registry of skill certificates"),
    m("page.broken", "本页未能完整载入，没有核验任何证书。请重新打开。", "This page could not be loaded completely. No certificate was checked. Please open it again."),
    m("page.script_needed", "核验须启用 JavaScript。没有核验任何证书。", "Checking needs JavaScript. No certificate was checked."),

    m("page.front.verify", "核验证书", "Check a certificate"),
    m("page.front.verify_more", "扫描证书上的二维码即可打开；也可粘贴内容，或按证书编号和姓名查询。", "Opens when the QR code of a certificate is scanned; a text can be pasted, or a certificate looked up by its number and name."),
    m("page.front.providers", "发证机构", "Issuing bodies"),
    m("page.front.providers_more", "在本地区登记的机构、业务范围和历次变更。", "The bodies listed in this region, what they may issue, and every change."),
    m("page.front.region", "本登记系统", "This registry"),
    m("page.front.region_more", "地区、网址和密钥指纹，供合作地区核对。", "Region, address and key fingerprint, for partner regions to compare."),
    m("page.front.docs", "接口文档", "Interface for programs"),
    m("page.front.docs_more", "OpenAPI 说明，供签发和核验程序使用。", "The OpenAPI description, for programs that issue and check."),
    m("page.front.errors", "错误代码", "Error codes"),
    m("page.front.errors_more", "接口给出的每个代码及其依据。", "Every code that the interface answers with, and its rule."),

    m("page.v.title", "证书核验", "Certificate check"),
    m("page.v.waiting", "正在核验……", "Checking…"),
    m("page.v.again", "核验另一张证书", "Check another certificate"),
    m("page.v.retry", "重试", "Try again"),
    m("page.v.print", "打印本页", "Print this page"),
    m("page.v.online", "本页在线核验：证书内容只发送给本登记系统，由其按当前登记数据判断；不发送给任何其他方，不写入日志。", "This page checks online: the content of the certificate is sent to this registry alone, which judges it by its current records; it is sent to nobody else and written to no log."),

    m("page.paste.title", "粘贴证书内容", "Paste a certificate"),
    m("page.paste.label", "二维码内容、网址或签名文本", "Text of the QR code, link, or signed text"),
    m("page.paste.submit", "核验", "Check"),
    m("page.lookup.title", "按编号和姓名查询", "Look up by number and name"),
    m("page.lookup.more", "两项须与证书所载完全一致。", "Both must be exactly as printed on the certificate."),
    m("page.lookup.number", "证书编号", "Certificate number"),
    m("page.lookup.name", "姓名", "Name"),
    m("page.lookup.submit", "查询", "Look up"),

    m("page.outcome.valid", "有效", "Valid"),
    m("page.outcome.valid.more", "各项核验均已通过。", "Every check was passed."),
    m("page.outcome.valid-as-of", "截至下列时间有效", "Valid as of the time below"),
    m("page.outcome.valid-as-of.more", "各项核验均已通过，但所依据的数据已非最新。", "Every check was passed, on records that are no longer fresh."),
    m("page.outcome.invalid", "无效", "Not valid"),
    m("page.outcome.undetermined", "无法断定", "Cannot say"),
    m("page.outcome.undetermined.more", "请勿据此认定证书有效或无效。", "Do not take the certificate for good or for bad on this answer."),
    m("page.outcome.unfound", "没有查到", "Not found"),
    m("page.outcome.unfound.more", "没有编号与姓名都相符的证书。请对照证书原件核对后再查；姓名有误与编号不存在，答复相同。", "No certificate has both this number and this name. Compare with the certificate and try again; a wrong name and a number that does not exist get the same answer."),
    m("page.outcome.failure", "未能核验", "Could not be checked"),
    m("page.outcome.failure.more", "没有得到核验结果。这不说明证书的真假，请稍后重试。", "No answer was obtained. This says nothing about the certificate. Please try again later."),
    m("page.outcome.as_of", "登记数据时间", "Records as of"),

    m("page.certificate.title", "证书所载内容", "What the certificate says"),
    m("page.certificate.compare", "请与证书原件和持证人的身份证件逐项核对：二维码可能被印在别人的证书上。", "Compare each line with the paper and with the holder's identity document: a genuine code may have been printed on somebody else's certificate."),
    m("page.certificate.withheld", "内容未经签发机构签名证实，不予显示。", "The content is not confirmed by an issuer's signature and is not shown."),
    m("page.field.name", "姓名", "Name"),
    m("page.field.id4", "证件号码后四位", "Last four characters of the identity document"),
    m("page.field.number", "证书编号", "Certificate number"),
    m("page.field.type", "证书类型", "Type"),
    m("page.field.title", "职业（工种）或名称", "Occupation or title"),
    m("page.field.occupation", "职业编码", "Occupation code"),
    m("page.field.level", "等级", "Level"),
    m("page.field.grade", "成绩", "Grade"),
    m("page.field.assessed", "评价日期", "Assessed on"),
    m("page.field.issued", "签发时间", "Issued"),
    m("page.field.validity", "有效期", "Validity"),
    m("page.field.for_life", "长期有效", "For life"),
    m("page.field.until", "自下列日期起失效", "Not valid from this day on"),
    m("page.issuer.title", "签发方", "Issued by"),
    m("page.issuer.provider", "签发机构", "Issuing body"),
    m("page.issuer.code", "统一社会信用代码", "Unified social credit code"),
    m("page.issuer.region", "登记地区", "Region of the registry"),

    m("page.steps.title", "核验过程", "How this was checked"),
    m("page.step.form", "格式", "Form"),
    m("page.step.signature", "签名", "Signature"),
    m("page.step.key-window", "签发密钥", "Signing key"),
    m("page.step.issuer", "签发机构资格", "Standing of the issuing body"),
    m("page.step.status", "证书状态", "Status of the certificate"),
    m("page.step.expiry", "有效期", "Validity"),
    m("page.result.ok", "通过", "Passed"),
    m("page.result.failed", "未通过", "Failed"),
    m("page.result.unchecked", "未核验", "Not checked"),

    m("page.errors.title", "代码一览", "List of codes"),
    m("page.errors.problems", "请求被拒绝时的代码", "Codes of refused requests"),
    m("page.errors.problems_more", "随 application/problem+json（RFC 9457）给出，代码长期不变。", "Given in application/problem+json (RFC 9457). A code never changes its meaning."),
    m("page.errors.verdicts", "核验结论中的代码", "Codes in a verdict"),
    m("page.errors.verdicts_more", "核验的每一步都给出一个代码；这些不是错误答复。", "Each step of a verdict gives one code; these are answers, not refusals."),
    m("page.errors.code", "代码", "Code"),
    m("page.errors.status", "HTTP 状态码", "HTTP status"),
    m("page.errors.rule", "依据", "Rule"),
    m("page.errors.words", "说明", "Words"),
];
