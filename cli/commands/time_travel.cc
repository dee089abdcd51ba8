// cadastre history and cadastre diff.
#include "base/status.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cli/aspect_text.h"
#include "cli/commands/makers.h"
#include "cli/inputs.h"
#include "cli/paging.h"
#include "cli/table.h"
#include "cli/words.h"

namespace cadastre::cli {
namespace {

std::string KindWord(catalog::v1::AspectKind kind) {
  return EnumWord(catalog::v1::AspectKind_Name(kind), "ASPECT_KIND_");
}

std::string VersionText(const catalog::v1::Aspect& aspect, int64_t omitted_bytes) {
  return omitted_bytes > 0 ? base::Cat("(left out: ", omitted_bytes, " bytes)") : AspectText(aspect);
}

class History final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("ASSET", &asset_, "kind:namespace#name");
    page_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    catalog::v1::GetHistoryRequest request;
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, request.mutable_asset()));
    ASSIGN_OR_RETURN(const auto answer, AskPages<catalog::v1::GetHistoryResponse>(
                                            session, "cadastre.catalog.v1.CatalogService/GetHistory", request, page_));
    if (session.json) return PrintJson(session, answer);
    Table table({"HELD", "KNOWN", "BY", "COLUMN", "KIND", "VALUE"});
    for (const catalog::v1::HistoryEntry& entry : answer.entries()) {
      const catalog::v1::Source& source = entry.source();
      table.Add({TimeText(source.held_at()), TimeText(source.committed_at()),
                 base::Cat(source.principal(), source.principal().empty() ? "" : "/", source.tool()),
                 ColumnText(entry.column().path()), KindWord(entry.kind()),
                 entry.has_aspect() ? Cell(VersionText(entry.aspect(), entry.omitted_bytes()))
                                    : Cell("(withdrawn)", Paint::kDim)});
    }
    table.Print(session.screen);
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  std::string asset_;
  Page page_;
};

class Diff final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("ASSET", &asset_, "kind:namespace#name");
    arguments.Option("--before", &before_, "Held at this time");
    arguments.Option("--after", &after_, "Held at this time; now without it");
    arguments.Option("--before-known", &before_known_, "As the server knew it at this time or revision token");
    arguments.Option("--after-known", &after_known_, "As the server knew it at this time or revision token");
  }

  absl::Status Run(Session& session) override {
    catalog::v1::DiffAssetRequest request;
    RETURN_IF_ERROR(ReadAsset("ASSET", asset_, request.mutable_asset()));
    if (before_.empty() && before_known_.empty()) return base::InvalidField("--before", "a time to compare with");
    RETURN_IF_ERROR(ReadAsOf(before_, before_known_, request.mutable_before()));
    if (!after_.empty() || !after_known_.empty()) {
      RETURN_IF_ERROR(ReadAsOf(after_, after_known_, request.mutable_after()));
    }
    ASSIGN_OR_RETURN(const auto answer, Ask<catalog::v1::DiffAssetResponse>(
                                            session, "cadastre.catalog.v1.CatalogService/DiffAsset", request));
    if (session.json) return PrintJson(session, answer);
    Print(session.screen, answer);
    return absl::OkStatus();
  }

 private:
  static void Print(const Screen& screen, const catalog::v1::DiffAssetResponse& answer) {
    if (!answer.existed_before()) *screen.out << "did not exist before\n";
    if (!answer.existed_after()) *screen.out << "does not exist after\n";
    const auto print = [&](const auto& columns, std::string_view sign, Paint paint) {
      for (const catalog::v1::ColumnRef& column : columns) {
        *screen.out << screen.Painted(paint, base::Cat(sign, " column ", ShownText(ColumnText(column.path())))) << '\n';
      }
    };
    print(answer.columns_added(), "+", Paint::kGood);
    print(answer.columns_removed(), "-", Paint::kBad);
    print(answer.columns_retyped(), "~", Paint::kWarn);
    Table table({"COLUMN", "KIND", "BEFORE", "AFTER"});
    for (const catalog::v1::AspectChange& change : answer.changes()) {
      const auto cell = [](bool stands, const catalog::v1::Aspect& aspect, int64_t omitted_bytes, Paint paint) {
        return stands ? Cell(VersionText(aspect, omitted_bytes), paint) : Cell("(none)", Paint::kDim);
      };
      table.Add({ColumnText(change.column().path()), KindWord(change.kind()),
                 cell(change.has_before(), change.before(), change.before_omitted_bytes(), Paint::kBad),
                 cell(change.has_after(), change.after(), change.after_omitted_bytes(), Paint::kGood)});
    }
    table.Print(screen);
    if (answer.truncated()) *screen.err << "not all of it: the answer would have been too long\n";
    const bool columns =
        answer.columns_added_size() + answer.columns_removed_size() + answer.columns_retyped_size() > 0;
    if (table.empty() && !columns) *screen.err << "no difference\n";
  }

  std::string asset_, before_, after_, before_known_, after_known_;
};

}  // namespace

std::unique_ptr<Command> MakeHistory() { return std::make_unique<History>(); }
std::unique_ptr<Command> MakeDiff() { return std::make_unique<Diff>(); }

}  // namespace cadastre::cli
