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

    STEP_FORM "cli.step.form" "格式" "form";
    STEP_SIGNATURE "cli.step.signature" "签名" "signature";
    STEP_KEY "cli.step.key_window" "密钥" "key";
    STEP_ISSUER "cli.step.issuer" "机构" "issuer";
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
    DEMO_LINKS "cli.demo.links" "请在浏览器中打开" "Open in a browser";
    DEMO_LINK_CARD "cli.demo.link_card" "另一张有效证书的核验页" "a certificate that is in force, checked on its page";
    DEMO_LINK_DOCS "cli.demo.link_docs" "接口文档" "the API";
    DEMO_LINK_REGION "cli.demo.link_region" "地区与密钥指纹" "region and fingerprint";
    DEMO_LINK_KEYS "cli.demo.link_keys" "公钥" "public keys";
    DEMO_LINK_DID "cli.demo.link_did" "DID 文档" "DID document";
    DEMO_LINK_STATUS "cli.demo.link_status" "状态列表" "status list";
    DEMO_TRY "cli.demo.try" "在另一个终端里试试（图中的证书已被撤销）" "Try in another terminal (the certificate in the picture is the revoked one)";
    DEMO_SERVING "cli.demo.serving" "正在服务，按 Ctrl-C 结束" "Serving until Ctrl-C";
    DEMO_DONE "cli.demo.done" "演示完毕，每一步都与预期相符" "The demo is over, and every step gave what it should";
}
