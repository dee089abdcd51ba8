// cadastre audit list, head and verify.
#include <optional>

#include "authz/proof/head.h"
#include "authz/proof/merkle.h"
#include "base/status.h"
#include "cadastre/audit/v1/audit.pb.h"
#include "cli/audit_check.h"
#include "cli/client_words.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/paging.h"
#include "cli/table.h"
#include "cli/words.h"

namespace cadastre::cli {
namespace {

using audit::v1::GetHeadResponse;
using audit::v1::ListRecordsRequest;
using audit::v1::ListRecordsResponse;

constexpr int kVerifyPageRows = 1000;
constexpr int kAttemptsMax = 3;
constexpr int kShownInTable = 3;

absl::StatusOr<GetHeadResponse> AskHead(Session& session) {
  return Ask<GetHeadResponse>(session, "cadastre.audit.v1.AuditService/GetHead", audit::v1::GetHeadRequest());
}

std::string Hex(const std::string& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

absl::StatusOr<audit::v1::TargetKind> ReadTargetKind(std::string word) {
  for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  audit::v1::TargetKind kind{};
  if (audit::v1::TargetKind_Parse("TARGET_KIND_" + word, &kind) && kind != audit::v1::TARGET_KIND_UNSPECIFIED)
    return kind;
  return base::InvalidField("--target", "principal, role, grant, token or environment, and an id behind a colon");
}

std::string ShownThings(const audit::v1::Record& record) {
  std::string out;
  for (const audit::v1::Target& target : record.targets()) {
    out += base::Cat(out.empty() ? "" : ", ", EnumWord(audit::v1::TargetKind_Name(target.kind()), "TARGET_KIND_"), " ",
                     target.id());
  }
  for (int i = 0; i < record.shown_size() && i < kShownInTable; ++i) {
    out += base::Cat(out.empty() ? "" : ", ", AssetText(record.shown(i).asset()));
    if (record.shown(i).columns_size() > 0) out += base::Cat(" (", record.shown(i).columns_size(), " columns)");
  }
  if (record.shown_size() > kShownInTable) out += base::Cat(" and ", record.shown_size() - kShownInTable, " more");
  return out;
}

class List final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Option("--principal", &principal_, "Who asked");
    arguments.Option("--operation", &operation_, "Such as cadastre.search.v1.SearchService/Search");
    arguments.Option("--asset", &asset_, "Records that show this asset");
    arguments.Option("--target", &target_, "Records that wrote this, such as grant:readers or principal:ann");
    arguments.Option("--change", &change_, "The record of the write that made this revision");
    arguments.Option("--after", &after_, "At this time or later");
    arguments.Option("--before", &before_, "Before this time");
    arguments.Option("--log", &log_, "A log before the present one, by the id that `audit head` tells");
    page_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    ListRecordsRequest request;
    request.set_principal(principal_);
    request.set_operation(operation_);
    request.set_log_id(log_);
    request.set_change(change_);
    if (!target_.empty()) {
      const size_t colon = target_.find(':');
      ASSIGN_OR_RETURN(const audit::v1::TargetKind kind, ReadTargetKind(target_.substr(0, colon)));
      request.mutable_target()->set_kind(kind);
      if (colon != std::string::npos) request.mutable_target()->set_id(target_.substr(colon + 1));
    }
    if (!asset_.empty()) RETURN_IF_ERROR(ReadAsset("--asset", asset_, request.mutable_asset()));
    if (!after_.empty()) RETURN_IF_ERROR(ReadTime("--after", after_, request.mutable_after()));
    if (!before_.empty()) RETURN_IF_ERROR(ReadTime("--before", before_, request.mutable_before()));
    ASSIGN_OR_RETURN(const auto answer, AskPages<ListRecordsResponse>(
                                            session, "cadastre.audit.v1.AuditService/ListRecords", request, page_));
    if (session.json) return PrintJson(session, answer);
    Table table({">#", "TIME", "WHO", "OPERATION", "OUTCOME", "SHOWN", "DETAIL"});
    for (const audit::v1::Record& record : answer.records()) {
      const std::string& operation = record.operation();
      const std::string outcome = EnumWord(audit::v1::Outcome_Name(record.outcome()), "OUTCOME_");
      table.Add({base::Cat(record.index()),
                 TimeText(record.time()),
                 {record.principal(), Paint::kBold},
                 operation.substr(operation.starts_with("cadastre.") ? operation.find("v1.") + 3 : 0),
                 {record.count() > 1 ? base::Cat(outcome, " ×", record.count()) : outcome,
                  record.outcome() == audit::v1::OUTCOME_OK ? Paint::kGood : Paint::kWarn},
                 ShownThings(record),
                 {record.detail(), Paint::kDim}});
    }
    table.Print(session.screen);
    if (answer.truncated()) *session.screen.err << "the scan ended before the page was full\n";
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  std::string principal_, operation_, asset_, target_, change_, after_, before_, log_;
  Page page_;
};

class Head final : public Command {
 public:
  void Declare(Arguments&) override {}

  absl::Status Run(Session& session) override {
    ASSIGN_OR_RETURN(const GetHeadResponse head, AskHead(session));
    if (session.json) return PrintJson(session, head);
    Table table({"LOG", head.log_id()});
    table.Add({"records", base::Cat(head.tree_size())});
    table.Add({"root", Hex(head.root_hash())});
    table.Add({"time", TimeText(head.time())});
    table.Add({"signature", Hex(head.signature())});
    table.Add({"public key", Hex(head.public_key())});
    for (const audit::v1::PreviousLog& previous : head.previous()) {
      table.Add({"log before", base::Cat(previous.log_id(), " (", previous.tree_size(), " records)")});
    }
    table.Print(session.screen);
    return absl::OkStatus();
  }
};

class Verify final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Option("--previous", &previous_, "A head kept from before (audit head --json): the log must continue it");
    arguments.Option("--key", &key_, "The public key in hex that must have signed; the previous head's without it");
  }

  absl::Status Run(Session& session) override {
    std::optional<GetHeadResponse> previous;
    if (!previous_.empty()) {
      ASSIGN_OR_RETURN(const std::string json, ReadAll(session, "--previous", previous_));
      RETURN_IF_ERROR(ReadJson("--previous", json, &previous.emplace()));
      RETURN_IF_ERROR(base::WithinField("--previous", AuditCheck::CheckSignature(*previous)));
    }
    ASSIGN_OR_RETURN(const GetHeadResponse head, CheckAll(session, previous));
    if (session.json) return PrintJson(session, head);
    *session.screen.out << session.screen.Painted(Paint::kGood, "verified") << ": "
                        << head.tree_size() - head.trimmed().tree_size() << " records hash to the root signed at "
                        << TimeText(head.time()) << '\n';
    if (head.has_trimmed()) {
      *session.screen.out << "the " << head.trimmed().tree_size() << " before them were trimmed; the head signed at "
                          << TimeText(head.trimmed().time()) << " stands for them\n";
    }
    if (previous.has_value()) {
      *session.screen.out << "the log continues the head of " << previous->tree_size() << " records\n";
    }
    if (key_.empty() && !previous.has_value()) {
      *session.screen.err << "the key was taken on trust; pin it with --key " << Hex(head.public_key()) << '\n';
    }
    return absl::OkStatus();
  }

 private:
  // The head that everything fits. Where the server trimmed records while they were read, it is asked for again.
  absl::StatusOr<GetHeadResponse> CheckAll(Session& session, const std::optional<GetHeadResponse>& previous) const {
    for (int attempt = 1;; ++attempt) {
      ASSIGN_OR_RETURN(GetHeadResponse head, AskHead(session));
      RETURN_IF_ERROR(AuditCheck::CheckSignature(head));
      RETURN_IF_ERROR(CheckKey(head, previous));
      AuditCheck check(head);
      RETURN_IF_ERROR(Fetch(session, head, check));
      if (check.missing() > 0 && attempt < kAttemptsMax) {
        ASSIGN_OR_RETURN(const GetHeadResponse again, AskHead(session));
        if (again.trimmed().tree_size() > head.trimmed().tree_size()) continue;
      }
      RETURN_IF_ERROR(check.Check(previous.has_value() ? &*previous : nullptr));
      return head;
    }
  }

  absl::Status CheckKey(const GetHeadResponse& head, const std::optional<GetHeadResponse>& previous) const {
    if (!key_.empty() && Hex(head.public_key()) != key_) {
      return base::DataLoss("--key: the head is signed by another key, ", Hex(head.public_key()));
    }
    if (key_.empty() && previous.has_value() && previous->public_key() != head.public_key()) {
      return base::DataLoss(
          "the head is signed by another key than the previous one; if it was changed, pin it with --key ",
          Hex(head.public_key()));
    }
    return absl::OkStatus();
  }

  static absl::Status Fetch(Session& session, const GetHeadResponse& head, AuditCheck& check) {
    const auto total = static_cast<uint64_t>(head.tree_size() - head.trimmed().tree_size());
    Progress progress(session.screen, "records", total);
    ListRecordsRequest request;
    request.set_page_size(kVerifyPageRows);
    while (check.missing() > 0) {
      ASSIGN_OR_RETURN(const auto answer,
                       Ask<ListRecordsResponse>(session, "cadastre.audit.v1.AuditService/ListRecords", request));
      for (const audit::v1::Record& record : answer.records()) {
        RETURN_IF_ERROR(AuditCheck::CheckTold(record));
        RETURN_IF_ERROR(check.Add(record));
      }
      progress.Show(total - check.missing(), "");
      if (answer.next_page_token().empty()) break;
      request.set_page_token(answer.next_page_token());
    }
    return absl::OkStatus();
  }

  std::string previous_, key_;
};

}  // namespace

std::unique_ptr<Command> MakeAuditList() { return std::make_unique<List>(); }
std::unique_ptr<Command> MakeAuditHead() { return std::make_unique<Head>(); }
std::unique_ptr<Command> MakeAuditVerify() { return std::make_unique<Verify>(); }

}  // namespace cadastre::cli
