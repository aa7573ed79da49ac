//! Batches: a spreadsheet of certificates, every row checked before one is issued.
//!
//! `sheet` reads and writes the files and knows nothing of the database, the clock or the network.

pub mod api;
mod service;
pub mod sheet;
pub mod store;
mod turns;
mod views;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::refusals;

pub use service::{
    Upload, Wanted, Working, approve, cancel, check_again, errors, find, list, mark, purge, receive, results, retry, rule, run, set_rule, show, work,
};
pub use turns::{Turn, Turns};
pub use views::{ErrorView, View};

/// Most characters of a file's name.
const NAME_MAX: usize = 200;
/// Most uploads that a server takes in at once, of 512 MiB each, and most of one provider.
pub const UPLOADS_AT_ONCE: [usize; 2] = [16, 4];
/// Most files that a server writes to readers at once, and most of one provider: each keeps a thread.
pub const FILES_AT_ONCE: [usize; 2] = [64, 8];
/// Most batches of a provider that have not ended.
pub const OPEN_MAX: i64 = 100;
/// Most bytes of a mapping.
pub const MAPPING_MAX: usize = 8 * 1024;

/// Above how many rows a second client has to approve what the first has uploaded; none: never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApprovalRule)]
pub struct Rule {
    /// So many rows one client may have issued alone.
    #[schema(example = 100)]
    pub above: Option<i64>,
}

refusals! {
    /// Why a batch, a file or a cell of it is refused.
    pub enum BatchRefusal {
        NotFound = 404, "batches.not_found", "a batch is named by its id", "没有该批次", "there is no such batch";
        Name = 422, "batches.name", "the name of a file has 1 to 200 characters without control characters", "文件名不符合要求（1 至 200 字）", "the name of the file must have 1 to 200 characters";
        State = 409, "batches.state", "a batch goes uploaded, validated, approved, done, or is cancelled before it is done", "批次当前状态不允许此操作", "the batch is in another state";
        RowsDiffer = 409, "batches.rows_differ", "who approves says how many rows are issued", "可签发行数与所批准的行数不符", "the number of rows that can be issued is another";
        NothingValid = 409, "batches.nothing_valid", "at least one row can be issued", "没有可签发的行", "there is no row that can be issued";
        SecondPerson = 403, "batches.second_person", "above the provider's limit another client approves than the one that uploaded", "须由上传者以外的人员批准", "another client than the one that uploaded has to approve";
        Reason = 422, "batches.reason", "a reason has 1 to 200 characters without control characters", "须说明原因（1 至 200 字）", "a reason of 1 to 200 characters is needed";
        Rule = 403, "batches.rule", "a limit is zero or more rows, and only an operator makes it laxer", "复核行数须不小于零，且仅运营方可放宽", "the limit is below zero, or laxer than an operator has set it";
        Busy = 429, "batches.busy", "a server takes in 16 uploads and gives out 64 files at once, 4 and 8 of a provider", "正在上传或下载的文件过多，请稍后再试", "too many files are being sent or fetched: try again in a moment";
        TooSlow = 408, "batches.too_slow", "something of a file comes every 30 seconds, and 4 KiB a second on the whole", "上传过慢，已中断", "the upload was too slow and was broken off";
        TooManyOpen = 409, "batches.too_many_open", "at most 100 batches of a provider have not ended", "未结束的批次过多，请先批准或取消", "too many batches have not ended: approve or cancel some first";
        OtherProvider = 422, "batches.other_provider", "all rows of a batch are of one provider", "该行属于其他机构", "the row names another provider";
        NumberTwice = 422, "batches.number_twice", "a number stands once in a file", "证书编号在文件中重复", "the file has this number twice";
        PersonTwice = 422, "batches.person_twice", "a person is assessed once for the same on the same day", "同一人同一项目在文件中重复", "the file has this person twice for the same";
        ReplacedTwice = 422, "batches.replaced_twice", "a certificate is replaced by one row of a file", "原证书在文件中重复", "the file replaces this certificate twice";
        ReplacesNothing = 422, "batches.replaces_nothing", "a reason of replacement stands beside the number of what is replaced", "填写了换发原因，但没有原证书编号", "there is a reason of replacement, but no number of what is replaced";
        IssuedAlready = 422, "batches.issued_already", "a person is certified once for the same assessment", "该人员的同一证书已签发", "this certificate was issued already";
        Empty = 422, "batches.empty", "a file has a header and at least one row", "文件为空", "the file is empty";
        NoRows = 422, "batches.no_rows", "a file has a header and at least one row", "文件只有表头，没有数据", "the file has a header and no rows";
        TooManyRows = 422, "batches.too_many_rows", "a batch has at most 1,000,000 rows", "行数超过 1000000", "there are more than 1,000,000 rows";
        TooLarge = 413, "batches.too_large", "an upload has at most 512 MiB", "文件超过 512 MiB", "the file is larger than 512 MiB";
        RowTooLong = 422, "batches.row_too_long", "a row has at most 64 KiB", "某行超过 64 KiB（引号可能未闭合）", "a row is longer than 64 KiB (perhaps a quotation mark is not closed)";
        Encoding = 422, "batches.encoding", "a text file is UTF-8 or GB 18030 throughout", "文件编码须全部为 UTF-8 或 GB 18030", "the file is not UTF-8 throughout, nor GB 18030 throughout";
        Utf16 = 422, "batches.utf16", "a text file is UTF-8 or GB 18030", "文件为 UTF-16 编码，请另存为“CSV UTF-8”", "the file is UTF-16: save it as “CSV UTF-8”";
        OldWorkbook = 422, "batches.old_workbook", "a workbook is .xlsx (Office Open XML)", "这是旧版 .xls 文件，请另存为 .xlsx", "this is an old .xls file: save it as .xlsx";
        Encrypted = 422, "batches.encrypted", "a workbook has no password", "工作簿设有密码，请取消密码后再上传", "the workbook has a password: take it off";
        Workbook = 422, "batches.workbook", "a workbook is .xlsx (Office Open XML)", "工作簿已损坏或不是 .xlsx 文件", "the workbook is damaged or not an .xlsx file";
        Expands = 422, "batches.expands", "a part of a workbook expands to at most 2 GiB, its texts to 256 MiB", "工作簿解压后过大", "the workbook expands beyond the limit";
        Merged = 422, "batches.merged", "no cells are merged", "工作表中有合并单元格，请取消合并", "there are merged cells: take them apart";
        NoHeader = 422, "batches.no_header", "the first row names the columns", "第一行须为表头", "the first row does not name the columns";
        TooManyColumns = 422, "batches.too_many_columns", "a file has at most 100 columns", "列数超过 100", "there are more than 100 columns";
        DuplicateColumn = 422, "batches.duplicate_column", "a field has one column", "列重复", "two columns are for the same field";
        UnknownColumn = 422, "batches.unknown_column", "a column has a documented name, or the mapping says what it is", "存在未知列", "there is an unknown column";
        MissingColumn = 422, "batches.missing_column", "name, number of the id document and day of the assessment have a column", "缺少必需的列", "a column is missing";
        Mapping = 422, "batches.mapping", "a mapping names columns of the file and documented fields", "列映射不符合要求", "the mapping names a column or a field that is not there";
        TooManyCells = 422, "batches.too_many_cells", "a row has no more cells than the header", "某行的单元格多于表头", "a row has more cells than the header";
        Formula = 422, "batches.formula", "a cell holds a value", "单元格是公式，请粘贴为值", "the cell is a formula: paste it as a value";
        ErrorCell = 422, "batches.error_cell", "a cell holds a value", "单元格是错误值", "the cell is an error value";
        Rounded = 422, "batches.rounded", "a number that is longer than 15 digits is kept as text", "数字已被表格软件舍入，请将该列设为文本后重新录入", "the spreadsheet has rounded this number: make the column text and enter it again";
        CellLength = 422, "batches.cell_length", "a cell has at most 1,000 characters", "单元格内容过长", "the cell is too long";
        EmptyCell = 422, "batches.empty_cell", "name, number of the id document and day of the assessment are in every row", "单元格不能为空", "the cell is empty";
        Day = 422, "batches.day", "a day is 2026-01-02, 2026/1/2, 2026.1.2, 2026年1月2日, 20260102 or a date of the spreadsheet", "不是有效日期", "the cell is not a day";
        Word = 422, "batches.word", "one of the documented words", "不是规定的词语", "the word is not one of those documented";
        Amount = 422, "batches.amount", "an amount of credit has at most two decimal places", "学分须为数字，最多两位小数", "the amount of credit is not a number with at most two decimal places";
    }
}
