//! What the command line says to people, in both languages.

use verifier::messages::Message;

macro_rules! words {
    ($($name:ident $code:literal $zh:literal $en:literal;)+) => {
        $(#[doc = $en] pub const $name: Message = Message { code: $code, zh: $zh, en: $en };)+
        /// Every one of them.
        pub const ALL: &[Message] = &[$($name,)+];
    };
}

words! {
    VALID "cli.verdict.valid" "有效" "VALID";
    VALID_AS_OF "cli.verdict.valid_as_of" "截至数据日期有效" "VALID AS OF THE DATE OF THE DATA";
    INVALID "cli.verdict.invalid" "无效" "INVALID";
    UNDETERMINED "cli.verdict.undetermined" "无法断定" "UNDETERMINED";
    UNREADABLE "cli.verdict.unreadable" "读不出不等于已验证。" "Unreadable is not verified.";
    AS_OF "cli.verdict.as_of" "数据时间" "Facts as of";
    SAYS "cli.verdict.says" "证书内容" "The certificate";
    SAYS_UNCONFIRMED "cli.verdict.says_unconfirmed" "自称如下（签名未确认，不可采信）" "It says, unconfirmed";
    STEPS "cli.verdict.steps" "核验步骤" "Steps";
    RECOGNITION "cli.verdict.recognition" "互认" "Recognition";
    AGREEMENT "cli.verdict.agreement" "协议" "agreement";
    CLAUSE "cli.verdict.clause" "条款" "clause";
    DIGEST "cli.verdict.digest" "摘要" "digest";
    RECEIPT_SAYS "cli.verdict.receipt_says" "备案内容" "The receipt";
    RECEIPT_ID "cli.verdict.receipt_id" "备案编号" "receipt";
    RECEIPT_BY "cli.verdict.receipt_by" "备案地区" "recognised by";
    RECEIPT_ONE "cli.receipt.one" "一次只为一张证书备案" "a receipt is for one certificate at a time";
    RECEIPT_CARD "cli.verdict.receipt_card" "证书本身是否有效，须另行核验该证书" "Whether the certificate itself is still good, only its own card tells";

    DOSSIER "cli.dossier" "转移证明" "The dossier of transfer";
    DOSSIER_FORM "cli.dossier.form" "文件不是完整的转移证明" "the file is no dossier";
    DOSSIER_BUNDLE "cli.dossier.bundle" "转移证明须凭信任包核验（--bundle）" "a dossier is verified by a trust bundle (--bundle)";

    CONFLICT_NONE "cli.conflict.none" "两份消息并不矛盾" "the two messages prove nothing";
    CONFLICT_SAME_SEQ "cli.conflict.same_seq" "该地区在同一序号下签署了两份不同的消息" "the region signed two messages for one place";
    CONFLICT_TWO_DECISIONS "cli.conflict.two_decisions" "该地区对同一转移签署了两份不同的决定" "the region signed two DECISIONs of one transfer";
    CONFLICT_TWO_OFFERS "cli.conflict.two_offers" "该地区以同一编号签署了两份不同的要约" "the region signed two OFFERs of one transfer";
    CONFLICT_BEYOND_MINTED "cli.conflict.beyond_minted" "该地区向两个地区转出的学分合计超过所授予的数额" "the region offered two others more of a lot than was minted";

    PROVIDER_RECOGNISED "cli.provider.recognised" "认可" "recognised";
    PROVIDER_NOT_RECOGNISED "cli.provider.not_recognised" "不认可" "not recognised";
    PROVIDER_UNKNOWN "cli.provider.unknown" "信任包中没有该机构" "the bundle has no such body";
    PROVIDER_EXPIRED "cli.provider.expired" "信任包已过期，不能再据以判断" "the bundle has expired and says nothing now";

    STEP_FORM "cli.step.form" "格式" "form";
    STEP_SIGNATURE "cli.step.signature" "签名" "signature";
    STEP_KEY "cli.step.key_window" "密钥" "key";
    STEP_ISSUER "cli.step.issuer" "机构" "issuer";
    STEP_DECISION "cli.step.decision" "认定" "decision";
    STEP_STATUS "cli.step.status" "状态" "status";
    STEP_EXPIRY "cli.step.expiry" "有效期" "expiry";

    FIELD_NAME "cli.field.name" "姓名" "name";
    FIELD_ID "cli.field.id" "证件末四位" "id, last four";
    FIELD_NUMBER "cli.field.number" "证书编号" "number";
    FIELD_TYPE "cli.field.type" "证书类型" "type";
    FIELD_OCCUPATION "cli.field.occupation" "职业" "occupation";
    FIELD_LEVEL "cli.field.level" "等级" "level";
    FIELD_GRADE "cli.field.grade" "成绩" "grade";
    FIELD_ASSESSED "cli.field.assessed" "评价日期" "assessed on";
    FIELD_ISSUED "cli.field.issued" "签发时间" "issued at";
    FIELD_UNTIL "cli.field.until" "失效日期" "valid until";
    FIELD_PROVIDER "cli.field.provider" "机构" "provider";
    FIELD_REGION "cli.field.region" "地区" "region";

    NO_REGISTRY "cli.no_registry" "此处没有登记数据，只能读出内容，不能断定" "there is no registry here, so nothing is known that a certificate could be judged by";
    NO_FILE "cli.no_file" "该参数像文件名，但没有这个文件" "the argument looks like the name of a file, but there is no such file";
    FOLDER "cli.folder" "该参数是文件夹，请给出文件" "the argument is a folder; name a file in it";
    TOO_LARGE "cli.too_large" "输入不得超过 20 MiB" "the input is over 20 MiB";
    EMPTY "cli.empty" "输入为空" "the input is empty";

    BUNDLE_REFUSED "cli.bundle.refused" "信任包被拒绝" "the bundle was refused";
    AGREEMENT_NO_FILE "cli.agreement.no_file" "没有这个协议文件" "there is no such file with an agreement";
    AGREEMENT_FILE_EXISTS "cli.agreement.file_exists" "该文件已存在，未作改动" "the file is there already and was left alone";
    AGREEMENT_REFUSED "cli.agreement.refused" "协议文件不符合格式" "the agreement is refused";
    AGREEMENT_UNCHECKED "cli.agreement.unchecked" "文件中有以下各方的签名（未经核验）" "The file has signatures, not checked here, of";
    BUNDLE_NO_FILE "cli.bundle.no_file" "没有这个信任包文件" "there is no such bundle";
    BUNDLE_URL "cli.bundle.url" "地址应以 http:// 或 https:// 开头，不含 ?、# 和 @" "an address begins with http:// or https:// and has no ?, # or @";
    BUNDLE_UNREACHABLE "cli.bundle.unreachable" "无法连接登记系统" "the registry cannot be reached";
    BUNDLE_ANSWER "cli.bundle.answer" "登记系统的回答不是所要的内容" "the registry did not answer with what was asked for";
    BUNDLE_MOVED "cli.bundle.moved" "登记系统要求改用别的地址：请核实后直接给出新地址" "the registry points to another address: if that is right, give that one";
    BUNDLE_NO_MANIFEST "cli.bundle.no_manifest" "其中没有可读的清单" "it has no manifest that can be read";
    BUNDLE_PIN_FIRST "cli.bundle.pin_first" "请通过电话或纸面向登记机构核对以上指纹，然后加上 --pin '指纹' 重试；未保存任何内容"
        "compare this fingerprint with the registry by telephone or on paper, then run it again with --pin 'FINGERPRINT'; nothing was kept";
    BUNDLE_NOT_PINNED "cli.bundle.not_pinned" "没有固定密钥，无从信任此文件：请向登记机构核对指纹，再用 --pin '指纹'，或由 hufu bundle fetch 取得文件"
        "no key is pinned, so nothing vouches for this file: compare the fingerprint with the registry and give --pin 'FINGERPRINT', or get the file with hufu bundle fetch";
    BUNDLE_WRONG_PIN "cli.bundle.wrong_pin" "指纹不符：这不是所固定的密钥" "the fingerprint does not fit: this is not the key that is pinned";
    BUNDLE_OTHER_PIN "cli.bundle.other_pin" "该文件已固定另一密钥；如确需更换，请先移走文件及其 .pin" "this file is pinned to another key; if that is to change, move it and its .pin away first";
    BUNDLE_PIN_FILE "cli.bundle.pin_file" "固定文件不可读，应为 JSON：region、key、url" "the file with the pin cannot be read: JSON with region, key and url";
    BUNDLE_KEPT "cli.bundle.kept" "已有文件保持不变，其数据时间为" "the file is as it was, with facts as of";
    BUNDLE_CURRENT "cli.bundle.current" "已是最新" "nothing newer is published";
    BUNDLE_PARTNER_ALARM "cli.bundle.partner_alarm" "警告：一个合作地区的新数据违反更新规则，未予采用；其已有数据保留不变。请向该地区核实。" "ALARM: the newer data of a partner region break a rule of update and were not taken; what was held of it stays. Ask that region.";
    BUNDLE_CONFLICT "cli.bundle.conflict" "警告：登记系统在同一编号下说了两种话。两份都已保留，请向登记机构核实。另一份在" "ALARM: the registry said two different things under one number. Both are kept: ask it which one it stands by. The other one is in";

    BUNDLE_PINNED "cli.bundle.pinned" "密钥已固定" "its key is pinned";
    BUNDLE_PARTNER "cli.bundle.partner" "由固定地区作保的伙伴" "a partner that the pinned region vouches for";
    BUNDLE_NOBODY "cli.bundle.nobody" "没有固定密钥，无人作保" "no key is pinned: nothing vouches for it";
    BUNDLE_FINGERPRINT "cli.bundle.fingerprint" "密钥指纹" "fingerprint";
    BUNDLE_ADDRESS "cli.bundle.address" "地址" "address";
    BUNDLE_NUMBER "cli.bundle.number" "编号" "number";
    BUNDLE_STANDING "cli.bundle.standing" "时效" "standing";
    BUNDLE_UNTIL "cli.bundle.until" "最新/失效" "fresh/expires";
    BUNDLE_HELD "cli.bundle.held" "已有部分" "parts held";
    BUNDLE_ABSENT "cli.bundle.absent" "未有部分" "parts absent";
    BUNDLE_COUNTS "cli.bundle.counts" "数量" "counts";
    BUNDLE_PARTNERS "cli.bundle.partners" "伙伴" "partners";
    BUNDLE_FRESH "cli.bundle.fresh" "数据最新" "the facts are fresh";
    BUNDLE_AS_OF "cli.bundle.as_of" "数据已非最新，结论只反映数据日期" "the facts are no longer fresh: answers hold as of their date";
    BUNDLE_EXPIRED "cli.bundle.expired" "数据已过期，不能再作断定，请更新" "the facts have expired and say nothing any more: update the file";
    BUNDLE_FUTURE "cli.bundle.future" "数据来自未来：本机时钟有误，或文件有误" "the facts are from the future: the clock of this device is wrong, or the file is";

    COUNT_PROVIDERS "cli.count.providers" "机构" "providers";
    COUNT_KEYS "cli.count.keys" "密钥" "keys";
    COUNT_REVOKED_KEYS "cli.count.revoked_keys" "吊销密钥" "revoked keys";
    COUNT_LISTS "cli.count.lists" "状态列表" "lists";
    COUNT_ISSUED "cli.count.issued" "已签发" "issued";
    COUNT_REVOKED "cli.count.revoked" "撤销" "revoked";
    COUNT_SUSPENDED "cli.count.suspended" "暂停" "suspended";
    COUNT_REPLACED "cli.count.replaced" "更换" "replaced";

    AGE_SECONDS "cli.age.seconds" "秒" "seconds";
    AGE_MINUTES "cli.age.minutes" "分钟" "minutes";
    AGE_HOURS "cli.age.hours" "小时" "hours";
    AGE_DAYS "cli.age.days" "天" "days";
    AGE_AGO "cli.age.ago" "前" "ago";
    AGE_AHEAD "cli.age.ahead" "后" "ahead";

    CHECK_FILE "cli.check.file" "文件完整" "the file is whole";
    CHECK_PINNED "cli.check.pinned" "清单由固定的密钥签署" "the manifest is signed by the pinned key";
    CHECK_PARTS "cli.check.parts" "每一部分都与清单中的摘要相符，格式正确" "every part has the digest that a manifest names, and is well-formed";
    CHECK_PARTNER "cli.check.partner" "伙伴清单由固定地区所列的密钥签署" "the partner's manifest is signed by the key that the pinned region names";
    CHECK_KEYS "cli.check.keys" "签发密钥均合格" "every issuer key is a good one";
    CHECK_BAD_KEY "cli.check.bad_key" "有不合格的签发密钥" "an issuer key is no good one";
    CHECK_MISSING "cli.check.missing" "未包含的部分（需要时由 hufu bundle fetch --years 取得）" "parts that are not in the file (hufu bundle fetch --years gets them)";

    BATCH_SUMMARY "cli.batch.summary" "共 {} 张，用时 {} 毫秒，每秒 {} 张：有效 {}，截至数据日期有效 {}，无效 {}，无法断定 {}"
        "{} judged in {} ms, {} a second: {} valid, {} valid as of the date of the data, {} invalid, {} undetermined";

    CHANGE_APPROVE "cli.change.approve" "尚未执行任何操作。批准并执行，请运行" "Nothing is done yet. This approves it and has it done:";
    CHANGE_SECOND "cli.change.second_person" "尚未执行任何操作。数量超过该机构的复核限额，须由另一客户端批准" "Nothing is done yet. Above the limit of this body another client approves it:";
    CHANGE_OTHER_STEP "cli.change.other_step" "该批量变更要做的是另一种操作" "what was proposed is another step";

    DEMO_REGION "cli.demo.region" "登记系统已启动：{} {}，密钥指纹 {}" "A registry runs: {} {}, key fingerprint {}";
    DEMO_FOLDER "cli.demo.folder" "数据都在 {}，演示结束即删除；名册中的人都是虚构的" "All of its data is in {}, deleted at the end; everybody in the roster is invented";
    DEMO_TOKEN "cli.demo.token" "管理员已用 OAuth 2.0 登录" "The operator has signed in over OAuth 2.0";
    DEMO_PROVIDERS "cli.demo.providers" "三家机构备案，各有其业务范围" "Three bodies are registered, each with its scope";
    DEMO_ISSUING "cli.demo.issuing" "签发名册中的 {} 张证书" "Issuing the {} certificates of the roster";
    DEMO_ISSUED "cli.demo.issued" "已签发 {} 张，用时 {} 秒，每秒 {} 张，每张都已签名入库" "{} issued in {} s, {} a second, each one signed and stored";
    DEMO_QR "cli.demo.qr" "{} 的证书，二维码版本 {}，{} 个模块见方" "The certificate of {}: a QR of version {}, {} modules a side";
    DEMO_SCAN "cli.demo.scan" "把二维码画成图片，再从图片中扫描出来并核验" "The QR is drawn as a picture, scanned from that picture and verified";
    DEMO_REVOKE "cli.demo.revoke" "撤销这张证书，再核验一次" "That certificate is revoked and verified once more";
    DEMO_TAMPER "cli.demo.tamper" "篡改 {} 的证书：等级由 {} 改为 {}，只动一个字节" "The certificate of {} is tampered with: the level goes from {} to {}, one byte";
    DEMO_LOOK_UP "cli.demo.look_up" "按编号 {} 和姓名 {} 查询" "Looked up by number {} and name {}";
    DEMO_WRONG_NAME "cli.demo.wrong_name" "编号相同、姓名不符：查无此证，与编号不存在无从分辨" "The same number with another name: not found, and no different from a number that does not exist";
    DEMO_SCHEME "cli.demo.scheme" "设立一种学分，自取得之日起 {} 个月内可用" "A scheme of credit is defined, to be spent within {} months of being earned";
    DEMO_MINTED "cli.demo.minted" "{} 的证书在签发时已存入 {} 学分" "The certificate of {} minted {} credits as it was issued";
    DEMO_EXPIRED "cli.demo.expired" "又记入今天的一门课程和多年前的一次培训：共取得 {}，其中 {} 今天失效，可用 {}" "A course of today and a training of years ago are recorded: {} in all, of which {} expire today and {} can be spent";
    DEMO_PROGRAMME "cli.demo.programme" "发布兑换方案：共需 {} 学分，其中核心类至少 {}" "A programme is published: it takes {} credits, of which {} at least are core";
    DEMO_AWARD "cli.demo.award" "按建议兑换，同一事务内签发证书 {}；从图片中扫描其二维码并核验" "What is proposed is redeemed, and certificate {} issued in the same transaction; its QR is scanned from a picture and verified";
    DEMO_LEFT "cli.demo.left" "已兑换 {}，余 {}；同一请求再发一次，得到同一答复" "Redeemed {}, left {}; the same request again has the same answer";
    DEMO_ACCOUNT "cli.demo.account" "{} 可在浏览器中查看自己的账户" "{} can see the account in a browser";
    DEMO_CODE "cli.demo.code" "一次性验证码：{}" "with the one-time code {}";
    DEMO_LINKS "cli.demo.links" "请在浏览器中打开" "Open in a browser";
    DEMO_LINK_CARD "cli.demo.link_card" "另一张有效证书的核验页" "a certificate that is in force, checked on its page";
    DEMO_LINK_DOCS "cli.demo.link_docs" "接口文档" "the API";
    DEMO_LINK_REGION "cli.demo.link_region" "地区与密钥指纹" "region and fingerprint";
    DEMO_LINK_KEYS "cli.demo.link_keys" "公钥" "public keys";
    DEMO_LINK_DID "cli.demo.link_did" "DID 文档" "DID document";
    DEMO_LINK_STATUS "cli.demo.link_status" "状态列表" "status list";
    DEMO_TRY "cli.demo.try" "在另一个终端里试试（图中的证书已被撤销）" "Try in another terminal (the certificate in the picture is the revoked one)";
    DEMO_SERVING "cli.demo.serving" "正在服务，按 Ctrl-C 结束" "Serving until Ctrl-C";
    DEMO_DELTA "cli.demo.delta" "长三角四地与香港各自运行登记系统，并互相固定密钥：{}" "The four regions of the Yangtze delta and Hong Kong run a registry each, and pin each other's keys: {}";
    DEMO_AGREED "cli.demo.agreed" "四方签署同一份协议 {}；另有一份由香港到上海的单向协议" "Four parties sign one and the same agreement {}; another goes one way, from Hong Kong to Shanghai";
    DEMO_PLACES "cli.demo.places" "证书 {} 在各地是否获认可" "What each region makes of certificate {}";
    DEMO_OFFLINE "cli.demo.offline" "仅凭信任包离线判断，结论逐字相同" "By the trust bundle alone, with no network: the same answers, word for word";
    DEMO_PAGE "cli.demo.page" "在页面上选择地区" "On the page, choose a region";
    DEMO_HONG_KONG "cli.demo.hong_kong" "香港的证书在上海，上海的证书在香港" "A certificate of Hong Kong in Shanghai, and one of Shanghai in Hong Kong";
    DEMO_COVERAGE "cli.demo.coverage" "互认覆盖：各地签发的证书在他地获认可的数量（认可/签发）" "Coverage: how many of what each region issued the others recognise (recognised/issued)";
    DEMO_QUOTE "cli.demo.quote" "{} 想把 {} 学分转往江苏：按四比五的条款，可得 {}" "{} wants to move {} credits to Jiangsu: by the clause of four to five, {} would arrive";
    DEMO_DOWN "cli.demo.down" "江苏的登记系统停机，转移照常发起" "The registry of Jiangsu is down, and the transfer begins all the same";
    DEMO_TWICE "cli.demo.twice" "再转 {} 学分，超过未冻结的余额：被拒绝（{}）" "Another {} credits, more than is not held: refused ({})";
    DEMO_UP "cli.demo.up" "江苏恢复运行，收到要约并作出决定" "Jiangsu is up again, gets the offer and decides";
    DEMO_AGAIN "cli.demo.again" "同一要约再送一次：得到同一决定，账上仍是 {}" "The same offer once more: the same decision, and still {} on the account";
    DEMO_BACK "cli.demo.back" "又转去 {} 学分并退回：上海可用 {}，江苏可用 {}" "Another {} credits go and are given back: {} in Shanghai, {} in Jiangsu";
    DEMO_EQUAL "cli.demo.equal" "两地对账：双方签署的声明一致，共 {} 笔" "Both regions compare what was decided: what they sign is equal, {} in all";
    DEMO_DOSSIER "cli.demo.dossier" "转移凭证 {}，仅凭信任包离线核验" "The dossier {}, verified by the trust bundle with no network";
    DEMO_BATCH "cli.demo.batch" "机构上传一份 {} 人的表格（CSV，{} KiB）：逐行检查，未经批准不签发" "A body uploads a file of {} people (CSV, {} KiB): every row is looked at, and nothing is issued before somebody approves";
    DEMO_BATCH_CHECKED "cli.demo.batch_checked" "已检查 {} 行，每秒 {} 行；{} 行有误" "{} rows looked at, {} a second; {} are wrong";
    DEMO_BATCH_WRONG "cli.demo.batch_wrong" "第 {} 行，{}：{}" "row {}, {}: {}";
    DEMO_BATCH_APPROVED "cli.demo.batch_approved" "批准其余 {} 行" "The other {} rows are approved";
    DEMO_BATCH_RESULTS "cli.demo.batch_results" "取回结果共 {} 张，核验其中的 {}" "The results hold {} certificates; {} of them is verified";
    DEMO_DONE "cli.demo.done" "演示完毕，每一步都与预期相符" "The demo is over, and every step gave what it should";
}
