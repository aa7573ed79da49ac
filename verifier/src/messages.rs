//! Every code of this crate with its words in Chinese and English: in one place, so that no refusal is without words.

/// The words of one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// The stable dotted code.
    pub code: &'static str,
    /// In Chinese (simplified).
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

const fn m(code: &'static str, zh: &'static str, en: &'static str) -> Message {
    Message { code, zh, en }
}

/// Every message.
pub fn all() -> impl Iterator<Item = &'static Message> {
    offline().chain(RECOGNITION).chain(RECEIPTS).chain(DOCUMENTS).chain(AGREEMENTS).chain(TRANSFERS)
}

/// What verification without a network can say: a browser has to load these and no others.
fn offline() -> impl Iterator<Item = &'static Message> {
    VERDICTS.iter().chain(REFUSALS)
}

/// The words of a code of this crate.
pub fn find(code: &str) -> Option<&'static Message> {
    all().find(|message| message.code == code)
}

/// The words of a code that a verdict or a trust bundle can give.
pub fn find_offline(code: &str) -> Option<&'static Message> {
    offline().find(|message| message.code == code)
}

/// The words of an answer about recognition.
pub(crate) fn find_recognition(code: &str) -> Option<&'static Message> {
    RECOGNITION.iter().find(|message| message.code == code)
}

/// The English words, or nothing for a code that is not of this crate.
pub(crate) fn english(code: &str) -> &'static str {
    find(code).map_or("", |message| message.en)
}

/// What a verdict says of its steps and beside them. Few, because each judgement looks up half a dozen.
#[rustfmt::skip]
pub const VERDICTS: &[Message] = &[
    m("form.ok", "证书格式正确", "the certificate is well-formed"),
    m("form.not_hufu", "读不出虎符证书，未作验证", "this is not a Hufu certificate, or cannot be read; nothing was verified"),
    m("form.too_long", "内容过长，读不出虎符证书，未作验证", "the text is too long to be a Hufu certificate; nothing was verified"),
    m("step.form_not_ok", "格式未通过，此项未核验", "not looked at: the form is not ok"),
    m("step.signature_not_ok", "签名未确认，此项未核验", "not looked at: the signature is not known to be good"),
    m("signature.ok", "签名属于证书所指的密钥", "the signature is that of the key which the certificate names"),
    m("signature.wrong", "签名不符：证书被改动或系伪造", "the signature is wrong: the certificate was altered or forged"),
    m("signature.key_unknown", "不认识签发密钥，无法确认签名", "the signing key is unknown, so the signature cannot be checked"),
    m("signature.key_newer_than_facts", "信任数据早于此证书，请更新后再验", "your trust bundle is older than this certificate: update it and try again"),
    m("key.ok", "签发时密钥有效", "the key was good at the time of issue"),
    m("key.region_mismatch", "密钥不属于证书所写的地区", "the key does not sign for the region on the certificate"),
    m("key.provider_mismatch", "密钥不属于证书所写的机构", "the key does not sign for the provider on the certificate"),
    m("key.outside_window", "签发时间不在密钥使用期内", "the time of issue is outside the signing window of the key"),
    m("key.revoked", "签发时密钥已被吊销", "the key had been revoked at the time of issue"),
    m("key.compromised", "密钥已泄露，其签发的证书均不可信", "the key is compromised: nothing that it signed can be relied on"),
    m("key.issued_in_future", "签发时间晚于当前时间，请检查本机时钟", "the time of issue lies in the future: check the clock of this device"),
    m("issuer.ok", "签发当日机构在册且在业务范围内", "the provider was listed and in scope on the day of issue"),
    m("issuer.region_unknown", "没有该地区的信任数据", "nothing is known about the region"),
    m("issuer.region_mismatch", "地区信息与证书不符", "the facts are about another region"),
    m("issuer.provider_unknown", "没有该机构的信任数据", "nothing is known about the provider"),
    m("issuer.provider_mismatch", "机构信息与证书不符", "the facts are about another provider"),
    m("issuer.newer_than_facts", "信任数据早于此证书，无法确认机构资格，请更新", "your trust bundle is older than this certificate, so the standing of the provider is not known: update it"),
    m("issuer.not_listed", "签发当日机构不在册", "the provider was not listed on the day of issue"),
    m("issuer.barred", "签发当日机构在黑名单期内", "the provider was barred on the day of issue"),
    m("issuer.class_d", "签发当日机构为 D 级，不得发证", "the provider was graded D on the day of issue and might not issue"),
    m("issuer.red_flag", "签发当日机构被亮红牌，不得发证", "the provider was flagged red on the day of issue and might not issue"),
    m("issuer.type_out_of_scope", "机构不得签发此类证书", "the provider might not issue this type of certificate"),
    m("issuer.occupation_out_of_scope", "职业不在机构业务范围内", "the occupation is outside the scope of the provider"),
    m("issuer.level_out_of_scope", "等级不在机构业务范围内", "the level is outside the scope of the provider"),
    m("status.ok", "未被撤销、暂停或更换", "not revoked, suspended or replaced"),
    m("status.suspended", "证书已被暂停", "the certificate is suspended"),
    m("status.revoked", "证书已被撤销", "the certificate has been revoked"),
    m("status.replaced", "证书已被新证书取代", "the certificate has been replaced by another"),
    m("status.newer_than_facts", "信任数据早于此证书，无法确认状态，请更新", "your trust bundle is older than this certificate, so its status is not known: update it"),
    m("status.missing", "缺少状态列表，无法确认状态", "the status list is not at hand"),
    m("expiry.none", "长期有效", "valid for life"),
    m("expiry.ok", "在有效期内", "not expired"),
    m("expiry.expired", "已过有效期", "the certificate has expired"),
    m("facts.not_fresh", "信任数据已非最新，结论只反映数据日期当时的情况", "the trust bundle is no longer fresh: the answer holds as of its date"),
    m("facts.expired", "信任数据已过期，无法断定", "the trust bundle has expired: this cannot be said any more"),
    m("clock.behind_facts", "本机时钟早于信任数据，已按数据日期判断", "the clock of this device stands before the trust bundle; the date of the bundle was used"),
];

/// Why something cannot be read or is not taken, grouped by the module that speaks.
#[rustfmt::skip]
pub const REFUSALS: &[Message] = &[
    m("base64url.malformed", "不是严格的 base64url 文本", "not strict base64url: no padding, no stray bits, no white space"),

    m("time.day_shape", "日期应为 YYYY-MM-DD", "a day is written YYYY-MM-DD"),
    m("time.no_such_day", "日历上没有这一天", "there is no such day in the calendar"),
    m("time.zone_range", "时区偏移不得超过 14 小时", "a zone is at most 14 hours from UTC"),

    m("ids.credit_code_shape", "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）", "a unified social credit code is 18 digits and capitals without I, O, S, V, Z"),
    m("ids.credit_code_check", "统一社会信用代码校验位不符", "the check character of the credit code does not match (GB 32100)"),
    m("ids.credit_code_organization_check", "统一社会信用代码中的组织机构代码校验位不符", "the organization part of the credit code does not match its check character (GB 11714)"),
    m("ids.region_shape", "行政区划代码应为六位数字", "a region code is six digits"),
    m("ids.region_province", "行政区划代码前两位不是已知省份", "the first two digits of the region code name no province (GB/T 2260)"),
    m("ids.occupation_shape", "职业编码应为 N-NN-NN-NN", "an occupation code is written N-NN-NN-NN"),
    m("ids.occupation_prefix_shape", "职业编码前缀须止于一级分类", "an occupation prefix ends right after a hyphen, or is a full code"),
    m("ids.document_shape", "证件号码格式与证件类型不符", "the number does not have the shape of its kind of document"),
    m("ids.document_region", "证件号码中的地区代码不符", "the region digits of the document number do not fit its kind"),
    m("ids.document_birth_date", "证件号码中的出生日期无效", "the birth date in the document number is no real date from 1900 on"),
    m("ids.document_check", "证件号码校验位不符", "the check character of the document number does not match"),
    m("ids.last_four_shape", "证件号码后四位应为四位数字或大写字母", "the last four characters are four digits or capitals"),
    m("ids.level_range", "等级序数应为 0 至 7", "a level rank is 0 to 7"),
    m("ids.certificate_number_shape", "证书编号应为 4 至 40 位数字、大写字母或连字符", "a certificate number is 4 to 40 digits, capitals and hyphens"),
    m("ids.text_length", "名称应为 1 至 100 个字符", "a name or title is 1 to 100 characters"),
    m("ids.text_space", "名称首尾不得有空格", "a name or title neither begins nor ends with a space"),
    m("ids.text_character", "名称含有控制符、双向控制符、不可见或私用区字符", "a name or title holds a control, bidirectional, invisible or private-use character"),
    m("ids.name_character", "姓名含有数字或符号", "a name holds a digit or a symbol"),
    m("ids.unknown_type", "未知的证书类型", "no such type of certificate"),
    m("ids.unknown_grade", "未知的成绩等次", "no such grade"),

    m("key.length", "公钥应为 32 字节的 base64url", "a public key is base64url of 32 bytes"),
    m("key.not_a_point", "公钥不是曲线上的点", "the public key is not a point of the curve"),
    m("key.non_canonical", "公钥编码不规范", "the public key is not in its canonical encoding"),
    m("key.small_order", "公钥为小阶点，不安全", "the public key is a point of small order: anybody could sign for it"),
    m("key.fingerprint", "指纹应为八组五位数字（每组不超过 65535），或完整的 43 位密钥指纹", "a fingerprint is eight groups of five digits up to 65535, or the whole thumbprint"),

    m("jws.too_long", "签名文本超过长度上限", "the signed text is longer than its limit"),
    m("jws.parts", "签名文本应由三段组成", "a compact JWS has three parts joined by dots"),
    m("jws.base64", "签名文本含有不规范的 base64url", "a part of the JWS is not strict base64url"),
    m("jws.signature_length", "签名应为 64 字节", "the signature is not 64 bytes"),
    m("jws.header_json", "签名头不是规定的 JSON 对象", "the header is not a JSON object of strings with an alg"),
    m("jws.header_duplicate", "签名头有重复成员", "a member of the header occurs twice"),
    m("jws.header_unknown", "签名头有未知成员", "the header has a member other than alg, typ, kid, cty"),
    m("jws.alg", "签名算法不是 EdDSA", "the algorithm is not EdDSA"),
    m("jws.crit", "签名头含有 crit，不予接受", "the header has crit, which is never accepted"),
    m("jws.b64", "签名头含有 b64，不予接受", "the header has b64, which is never accepted"),
    m("jws.typ", "签名文本的 typ 不符", "the typ of the signed text is not the one that belongs here"),
    m("jws.signature", "签名不符", "the signature does not belong to this text and this key"),

    m("card.header_template", "证书签名头与固定样式不一致", "the header of the card is not byte for byte the fixed one"),
    m("card.utf8", "证书内容不是 UTF-8", "the content of the card is not UTF-8"),
    m("card.json", "证书内容不是 JSON 对象", "the content of the card is not one JSON object"),
    m("card.nul", "证书内容含有空字符", "the content of the card holds a NUL character"),
    m("card.duplicate_claim", "证书内容有重复项", "a claim of the card occurs twice"),
    m("card.unknown_claim", "证书内容有未知项", "the card has a claim that is not in its format"),
    m("card.missing_claim", "证书内容缺少必需项", "the card lacks a required claim"),
    m("card.claim_type", "证书内容有一项类型不符", "a claim of the card has a value of the wrong type"),
    m("card.issued_out_of_range", "签发时间超出范围", "the time of issue is outside the years 1970 to 9999"),
    m("card.assessed_after_issue", "评价日期晚于签发时间", "the assessment is later than the time of issue"),
    m("card.expires_too_early", "失效日期不晚于评价日期", "the card expires no later than the day of assessment"),
    m("card.skill_level_incomplete", "职业技能等级证书须写明职业编码和等级", "a skill level certificate states its occupation and level"),

    m("hf1.length", "数字位数不对或含有非数字字符", "the number of digits is one that no card has, or a character is no digit"),
    m("hf1.range", "有一组数字超出范围", "a group of digits is out of range"),
    m("hf1.too_short", "数字太少，不是完整的证书", "too few digits for a card"),
    m("hf1.too_long", "数字太多，不是证书", "more digits than any card has"),
    m("hf1.unknown_type", "此验证程序不认识的证书码类型，请更新", "a type of code that this verifier does not know: update it"),
    m("hf1.compression", "证书码的压缩内容损坏", "the compressed content of the code is damaged"),
    m("hf1.too_large", "证书码的压缩内容展开后过大", "the compressed content of the code is larger than any card"),

    m("status.beyond_list", "序号超出状态列表", "the index lies beyond the status list"),
    m("status.too_large", "状态列表过大", "the status list is larger than its limit"),
    m("status.encoding", "状态列表编码不符", "the status list is not multibase u or not strict base64url"),
    m("status.compression", "状态列表的压缩内容损坏", "the status list is not one complete compressed stream with a right checksum"),
    m("status.too_short", "状态列表少于 131072 项", "the status list has fewer than 131,072 entries"),
    m("status.bits", "状态列表每项位数不符", "the entries of the status list have a size that is not accepted here"),

    m("bundle.too_large", "信任包或其中一部分超过长度上限", "the bundle or a part of it is larger than its limit"),
    m("bundle.compression", "信任包压缩内容损坏或不完整", "the bundle is not one complete gzip stream"),
    m("bundle.file", "不是信任包文件", "this is not the file of a trust bundle"),
    m("bundle.manifest_form", "信任包清单格式不符", "a manifest is not written as it must be"),
    m("bundle.manifest_signature", "信任包清单签名不符", "the signature of a manifest is wrong"),
    m("bundle.manifest_key", "信任包清单由另一密钥签署", "a manifest is signed by another key than the pinned one"),
    m("bundle.manifest_region", "信任包清单属于另一地区", "a manifest stands under another region than it names"),
    m("bundle.no_own_manifest", "信任包中没有所固定地区的清单", "the manifest of the pinned region is not in the bundle"),
    m("bundle.not_a_peer", "信任包含有未经本地区固定的地区", "the bundle has a region that the pinned one has not pinned"),
    m("bundle.times", "信任包清单的时间顺序不符", "the times of a manifest are not in order"),
    m("bundle.part_twice", "信任包清单有重复或乱序的部分", "a manifest names a part twice or out of order"),
    m("bundle.part_required", "信任包清单缺少必需的部分", "a manifest does not name a part that every verifier needs"),
    m("bundle.part_digest", "信任包有一部分与其摘要不符", "the text of a part is not the one of its digest"),
    m("bundle.part_unnamed", "信任包有一部分未列入任何清单", "a part is named by no manifest"),
    m("bundle.part_form", "信任包有一部分格式不符", "a part is not written as it must be"),
    m("bundle.part_missing", "信任包缺少应有的部分", "a part is absent that must be there"),
    m("bundle.rollback", "信任包早于已有的信任包，不予采用", "older than the bundle that is held; it is not taken"),
    m("bundle.equivocation", "同一编号有两份不同的清单：请向登记机构核实", "two manifests with one number: ask the registry which one it stands by"),
    m("bundle.unrevoked", "已撤销的证书在新信任包中变为未撤销：请向登记机构核实", "a certificate that was revoked no longer is: ask the registry why"),
    m("bundle.key_unrevoked", "已吊销的密钥在新信任包中变为未吊销：请向登记机构核实", "a key that was revoked no longer is: ask the registry why"),
    m("bundle.shrunk", "新信任包的状态列表变短或缺失：请向登记机构核实", "a status list is shorter than before, or a part is gone: ask the registry why"),
    m("bundle.delta_form", "不是信任包增量", "this is not a delta of a trust bundle"),
    m("bundle.delta_base", "增量与已有信任包不衔接", "the delta starts from another bundle than the one that is held"),
    m("bundle.delta_place", "增量所指的位置不存在", "the delta names a part, a list or an index that is not there"),
    m("bundle.delta_result", "增量所得与清单不符", "what the delta makes is not what its manifest says"),
];

/// Why a signed document of the credit bank is refused. A table of its own, because a browser does not need it.
#[rustfmt::skip]
pub const DOCUMENTS: &[Message] = &[
    m("document.json", "文件内容不是 JSON 对象", "the content of the document is not one JSON object in UTF-8"),
    m("document.duplicate", "文件内容有重复成员", "a member of the document occurs twice"),
    m("document.unknown", "文件内容有未知成员", "the document has a member that is not in its format"),
    m("document.missing", "文件内容缺少必需成员", "the document lacks a required member"),
    m("document.member", "文件成员的类型或取值不符", "a member of the document has a value of the wrong type or outside its rule"),
    m("document.form", "文件写法不唯一：成员顺序、空白或转义不符", "the document is not written in its one way: order of members, white space or escapes"),
    m("document.header", "文件签名头与固定样式不一致", "the header of the document is not byte for byte the fixed one"),
    m("document.key", "文件由另一密钥签署", "the document names another key than the one it is opened with"),
    m("document.twice", "文件中同一项出现两次", "the same thing stands twice in a list of the document"),
    m("document.too_many", "文件中的列表过长", "a list of the document is longer than its limit"),
    m("document.shelf", "不得同时规定月数和年数两种有效期", "a scheme has a shelf life in months or in calendar years, not both"),
    m("document.no_such_category", "文件用到方案未列出的类别", "a category that the scheme does not list"),
    m("document.other_region", "学分方案不属于该地区", "the scheme of a credit is another region's: only the region where something was achieved mints credit for it"),
    m("document.earned_after_signing", "取得日期晚于签署时间", "the achievement is later than the time of signing"),
    m("document.minima", "各类别最低要求之和超过总额", "the minima of the categories add up to more than the total"),
    m("document.days", "截止日期早于开始日期", "the last day of a document in force is before the first"),
    m("document.supersedes", "第一版不取代任何文件，其后各版须指明所取代的文件", "version 1 supersedes nothing, and every later version names what it supersedes"),
    m("document.award", "技能等级须写明职业和等级", "an award of a skill level has an occupation and a level"),
    m("document.id_shape", "编号应为规定前缀和 1 至 40 位小写字母或数字", "an id is its prefix and 1 to 40 digits and small letters"),
    m("document.scheme_shape", "方案编号应为地区代码、冒号和 1 至 20 位小写字母、数字或连字符", "a scheme is a region code, a colon, and 1 to 20 small letters, digits and hyphens"),
    m("document.category_shape", "类别应为 1 至 40 位小写字母、数字或连字符", "a category is 1 to 40 small letters, digits and hyphens"),
    m("document.course_shape", "课程代码应为 1 至 40 位字母、数字、点、横线或下划线", "a course code is 1 to 40 letters, digits, dots, hyphens and underscores"),
    m("document.digest_shape", "摘要应为 sha256: 和 64 位小写十六进制数字", "a digest is sha256: and 64 digits of lower-case hex"),
    m("document.agreement_id_shape", "协议编号应为 urn:hufu:agreement: 和 1 至 60 位小写字母、数字或连字符", "the id of an agreement is urn:hufu:agreement: and 1 to 60 small letters, digits and hyphens"),
    m("document.grant_id_shape", "条款编号应为 1 至 40 位小写字母、数字或连字符", "the id of a grant is 1 to 40 small letters, digits and hyphens"),
    m("document.amount_range", "数额应为 0.01 至 10000000.00", "an amount is 0.01 to 10,000,000.00, counted in hundredths"),
    m("document.ratio_range", "比例应为不大于 1 的两个整数之比，分母为 1 至 10000", "a ratio is two whole numbers, the first at most the second, which is 1 to 10,000"),
    m("document.unknown_kind", "未知的种类", "no such kind"),
];

/// Why an agreement, or the file that gathers its signatures, is refused. A browser loads them with the agreements, if at all.
#[rustfmt::skip]
pub const AGREEMENTS: &[Message] = &[
    m("agreement.too_long", "协议或协议文件超过长度上限", "the agreement, or its file, is longer than its limit"),
    m("agreement.too_deep", "协议嵌套超过八层", "the agreement is nested more than eight deep"),
    m("agreement.json", "协议不是 UTF-8 编码的 JSON 对象", "the agreement is not one JSON object in UTF-8"),
    m("agreement.duplicate", "协议有重复成员", "a member occurs twice"),
    m("agreement.unknown", "协议有未知成员", "a member is not in the format: an ignored condition would be a wrong grant"),
    m("agreement.missing", "协议缺少必需成员", "a required member is absent"),
    m("agreement.type", "协议中一项的 JSON 类型不符", "a value has the wrong JSON type"),
    m("agreement.number", "协议中的数不是整数或超出范围", "a number is not whole or is out of its range"),
    m("agreement.value", "协议中一项的写法不符", "a text does not have the shape that belongs here"),
    m("agreement.too_many", "协议中的列表过长", "a list is longer than its limit"),
    m("agreement.empty", "协议中的列表或条件为空", "a list, or a condition, is empty"),
    m("agreement.order", "地区、签名或通知未按顺序排列或有重复", "regions, signatures or notices are out of order, or one stands twice"),
    m("agreement.twice", "协议中同一项出现两次", "the same thing stands twice in a list"),
    m("agreement.not_a_party", "所列地区不是协议缔约方（不得使用通配符）", "not a party of the agreement: grants bind named parties only, without wildcards"),
    m("agreement.days", "截止日期早于开始日期", "the last day is before the first"),
    m("agreement.range", "下限高于上限", "the least is above the most"),
    m("agreement.supersedes", "第一版不取代任何协议，其后各版须指明所取代的协议", "version 1 supersedes nothing, and every later version names what it supersedes"),
    m("agreement.overlap", "一个职业前缀已被另一个涵盖", "one occupation of the list is covered by another"),
    m("agreement.moves", "此项不适用于该条款的对象", "this member has no meaning for what the grant moves"),
    m("agreement.units", "有限额的条款只能给出一种学分", "a grant with limits gives credit of one scheme only"),
    m("agreement.digest", "两份文件不是同一协议", "these are not copies of the same agreement"),
    m("agreement.notice_too_short", "通知期短于协议约定", "the notice is shorter than the agreement allows"),
];

/// Why a message about moving credit is refused. A browser does not need it.
#[rustfmt::skip]
pub const TRANSFERS: &[Message] = &[
    m("transfer.same_region", "发送方和接收方是同一地区", "sender and receiver are the same region"),
    m("transfer.answer_by", "答复期限不晚于签署时间", "the answer is wanted before the message was signed"),
    m("transfer.more_than_minted", "转出数额超过该批学分的原额", "more of a lot is offered than was minted"),
    m("transfer.reason", "拒绝须附理由，接收不得附理由，取消的理由只用于未收到的转移", "a rejection has a reason and an acceptance has none; only what never arrived is rejected as cancelled"),
    m("transfer.outcome", "结论与其入账内容或核验项不一致", "what is booked, or a check, contradicts the outcome"),
    m("transfer.tally", "对账数目、数额或根值不一致", "count, amount or root do not belong together"),
    m("transfer.unknown_key", "该密钥不是发送地区的已知密钥", "the key is not known as one of the sending region"),
    m("transfer.revoked_key", "签署时密钥已撤销，或密钥已泄露", "the key was revoked when it signed, or is compromised"),
    m("transfer.audience", "消息是发给另一地区的", "the message is for another region"),
    m("transfer.resyncing", "本地区刚从备份恢复，正在向各地区核对，请稍后再试", "this region was restored from a backup and is asking the others what they hold: try again later"),
    m("transfer.stopped", "与该地区的往来因报警而停止，须人工处理", "the exchange with this region was stopped by an alarm; people must look"),
    m("transfer.epoch", "消息属于发送方恢复之前的时期，不再有效", "the message is of a time before the sender was restored and no longer counts"),
    m("transfer.epoch_unannounced", "发送方进入了未宣布的新时期", "the sender uses an epoch that it has not announced"),
    m("transfer.conflict", "同一转移编号有不同的内容", "the same transfer was offered before on other terms"),
    m("transfer.expires_too_soon", "学分在答复期限之前到期", "a lot could expire before the transfer is decided"),
    m("dossier.before", "前面的步骤未通过，此项未核验", "not looked at: what it needs is not known to be good"),
    m("dossier.not_agreed", "协议读不出，或未经各方签署", "the agreement cannot be read, or a party has not signed it"),
    m("dossier.other_agreement", "要约所指的不是这份协议，或协议没有该条款", "the OFFER is by another agreement, or by a grant that it does not have"),
    m("dossier.not_in_force", "协议在当日未生效", "the agreement was not in force on the day"),
    m("dossier.other_message", "消息的种类、地区或所指的转移不符", "a message is of another kind, region or transfer"),
    m("dossier.rejected", "转移被拒绝，没有入账", "it was rejected, so nothing was booked"),
    m("dossier.fact_missing", "缺少事实或有豁免，无法重新折算", "a fact is missing, or was waived, so it cannot be computed again"),
    m("dossier.other_result", "按协议重新折算的结果不同", "the engine gives another result"),
    m("dossier.basis_missing", "缺少学分的依据文件", "a document that a lot names is not in the dossier"),
    m("dossier.other_basis", "依据文件与学分不符", "a document is not that of a lot, not signed by the source, or says otherwise"),
];

/// What a region makes of a certificate; a browser loads them with the agreements.
const RECOGNITION: &[Message] = &[
    m("recognition.own", "由本地区登记，在本地区有效", "issued in this region itself"),
    m("recognition.recognised", "依据互认协议，本地区认可", "recognised here under an agreement"),
    m("recognition.refused", "协议有相应条款，但不符合其条件，不予认可", "not recognised: an agreement covers it, but a condition is not met"),
    m("recognition.not_covered", "没有互认协议涉及此证书", "not recognised: no agreement covers this"),
    m("recognition.undetermined", "缺少事实，无法断定是否认可", "cannot be said: a fact is missing"),
    m("recognition.not_valid", "证书无效，任何地区均不认可", "not recognised: the certificate is not valid"),
    m("recognition.not_verified", "证书尚未核实，无法断定是否认可", "cannot be said: the certificate is not verified"),
];

/// What a verdict says of a receipt.
#[rustfmt::skip]
pub const RECEIPTS: &[Message] = &[
    m("receipt.form_ok", "备案格式正确，其中的认定为予以认可", "the receipt is well-formed, and the decision in it recognises the certificate"),
    m("receipt.signature_ok", "签名属于备案地区的密钥", "the signature is that of the key of the region"),
    m("receipt.signature_wrong", "签名不符：备案被改动或系伪造", "the signature is wrong: the receipt was altered or forged"),
    m("receipt.region_unknown", "没有备案地区的信任数据", "nothing is known about the region that signed"),
    m("receipt.key_unknown", "不认识签署密钥，无法确认签名", "it names another key than the one known of the region, so the signature cannot be checked"),
    m("receipt.signed_in_future", "签署时间晚于当前时间，请检查本机时钟", "the time of signing lies in the future: check the clock of this device"),
    m("receipt.decision_ok", "按协议重新认定，结果逐字相同", "evaluated again by the agreement, the decision is the same, byte for byte"),
    m("receipt.decision_differs", "按协议重新认定，结果不同", "evaluated again by the agreement, the decision is another"),
    m("receipt.agreement_unknown", "没有所依据的协议，无法重新认定", "the agreement is not at hand, so the decision cannot be evaluated again"),
    m("receipt.agreement_not_signed", "所依据的协议未见各方有效签名", "the agreement lacks a good signature of a party"),
    m("receipt.status_ok", "未被撤销", "not revoked"),
    m("receipt.revoked", "备案已被撤销", "the receipt has been revoked"),
    m("receipt.newer_than_facts", "信任数据早于此备案，无法确认状态，请更新", "your trust bundle is older than this receipt, so its status is not known: update it"),
    m("receipt.status_missing", "缺少状态列表，无法确认状态", "the status list is not at hand"),
];
