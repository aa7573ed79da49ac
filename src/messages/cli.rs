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
}
