// cadastre runs, cadastre run and cadastre run-days.
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

using catalog::v1::Run;
using catalog::v1::RunState;

constexpr std::string_view kStatePrefix = "RUN_STATE_";

std::string StateText(RunState state) { return EnumWord(catalog::v1::RunState_Name(state), kStatePrefix); }

absl::StatusOr<RunState> ReadState(std::string word) {
  for (char& c : word) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  RunState state{};
  if (!catalog::v1::RunState_Parse(base::Cat(kStatePrefix, word), &state) ||
      state == catalog::v1::RUN_STATE_UNSPECIFIED) {
    return base::InvalidField("--state", "running, complete, failed, aborted or unknown");
  }
  return state;
}

Paint PaintOf(RunState state) {
  switch (state) {
    case catalog::v1::RUN_STATE_COMPLETE: return Paint::kGood;
    case catalog::v1::RUN_STATE_FAILED: return Paint::kBad;
    case catalog::v1::RUN_STATE_ABORTED:
    case catalog::v1::RUN_STATE_UNKNOWN: return Paint::kWarn;
    default: return Paint::kPlain;
  }
}

std::string DurationText(const Run& run) {
  if (run.started_at().seconds() == 0 || run.ended_at().seconds() == 0) return "";
  const int64_t seconds = run.ended_at().seconds() - run.started_at().seconds();
  if (seconds < 0) return "";
  if (seconds < 120) return base::Cat(seconds, " s");
  if (seconds < 7200) return base::Cat(seconds / 60, " min");
  return base::Cat(seconds / 3600, " h ", seconds / 60 % 60, " min");
}

class Runs final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.OptionalPositional("JOB", &job_, "job:namespace#name; all jobs without it");
    arguments.Option("--dataset", &dataset_, "Instead: runs that read or wrote this dataset");
    arguments.Option("--parent", &parent_, "Instead: runs that this job's run --parent-run started");
    arguments.Option("--parent-run", &parent_run_, "With --parent: the run's id");
    arguments.List("--state", &states_, "running, complete, failed, aborted, unknown");
    arguments.Option("--after", &after_, "Started at this time or later");
    arguments.Option("--before", &before_, "Started before this time");
    page_.Declare(arguments);
  }

  absl::Status Run(Session& session) override {
    catalog::v1::ListRunsRequest request;
    if (!job_.empty()) RETURN_IF_ERROR(ReadAsset("JOB", job_, request.mutable_job()));
    if (!dataset_.empty()) RETURN_IF_ERROR(ReadAsset("--dataset", dataset_, request.mutable_dataset()));
    if (!parent_.empty()) {
      RETURN_IF_ERROR(ReadAsset("--parent", parent_, request.mutable_parent()->mutable_job()));
      request.mutable_parent()->set_run_id(parent_run_);
    }
    for (const std::string& word : states_) {
      ASSIGN_OR_RETURN(const RunState state, ReadState(word));
      request.add_states(state);
    }
    if (!after_.empty()) RETURN_IF_ERROR(ReadTime("--after", after_, request.mutable_started_after()));
    if (!before_.empty()) RETURN_IF_ERROR(ReadTime("--before", before_, request.mutable_started_before()));
    ASSIGN_OR_RETURN(const auto answer, AskPages<catalog::v1::ListRunsResponse>(
                                            session, "cadastre.catalog.v1.CatalogService/ListRuns", request, page_));
    if (session.json) return PrintJson(session, answer);
    const bool one_job = request.has_job();
    Table table({"STARTED", "STATE", ">TOOK", "RUN", one_job ? "FROM" : "JOB"});
    for (const catalog::v1::Run& run : answer.runs()) {
      table.Add({TimeText(run.started_at()),
                 {StateText(run.state()), PaintOf(run.state())},
                 DurationText(run),
                 run.run_id(),
                 {one_job ? run.source().tool() : AssetText(run.job()), Paint::kDim}});
    }
    table.Print(session.screen);
    Page::TellMore(session.screen, answer.next_page_token());
    return absl::OkStatus();
  }

 private:
  std::string job_, dataset_, parent_, parent_run_, after_, before_;
  std::vector<std::string> states_;
  Page page_;
};

class OneRun final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("JOB", &job_, "job:namespace#name");
    arguments.Positional("RUN_ID", &run_, "As the tool that ran it named it");
    arguments.List("--facet", &facets_, "Only this facet, by its kind or name, whole whatever its length");
  }

  absl::Status Run(Session& session) override {
    catalog::v1::GetRunRequest request;
    RETURN_IF_ERROR(ReadAsset("JOB", job_, request.mutable_job()));
    request.set_run_id(run_);
    request.set_view(catalog::v1::RUN_VIEW_FULL);
    for (const std::string& facet : facets_) Choose(facet, request);
    Page every;
    every.all = true;
    ASSIGN_OR_RETURN(const auto answer, AskPages<catalog::v1::GetRunResponse>(
                                            session, "cadastre.catalog.v1.CatalogService/GetRun", request, every));
    if (session.json) return PrintJson(session, answer);
    Print(session.screen, answer.run());
    return absl::OkStatus();
  }

 private:
  static void Print(const Screen& screen, const catalog::v1::Run& run) {
    Table table({"RUN", run.run_id()});
    table.Add({"job", AssetText(run.job())});
    table.Add({"state", {StateText(run.state()), PaintOf(run.state())}});
    table.Add({"started", TimeText(run.started_at())});
    table.Add({"ended", TimeText(run.ended_at())});
    table.Add({"took", DurationText(run)});
    table.Add({"last event", TimeText(run.last_event_at())});
    table.Add({"events", base::Cat(run.events())});
    if (run.has_parent()) table.Add({"parent", base::Cat(AssetText(run.parent().job()), "  ", run.parent().run_id())});
    for (const auto* side : {&run.inputs(), &run.outputs()}) {
      for (const catalog::v1::RunIo& io : *side) {
        table.Add({io.output() ? "wrote" : "read", AssetText(io.dataset())});
        for (const catalog::v1::Aspect& facet : io.facets()) table.Add({"", FacetText(facet)});
        for (const catalog::v1::OmittedFacet& facet : io.omitted())
          table.Add({"", base::Cat("  ", OmittedText(facet))});
      }
    }
    for (const catalog::v1::Aspect& facet : run.facets()) table.Add({AspectKind(facet), AspectText(facet)});
    for (const catalog::v1::OmittedFacet& facet : run.omitted()) table.Add({"", OmittedText(facet)});
    table.Print(screen);
  }

  // A word that is no kind names a facet.
  static void Choose(const std::string& facet, catalog::v1::GetRunRequest& request) {
    std::string word = facet;
    for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '-' ? '_' : c;
    catalog::v1::AspectKind kind{};
    if (catalog::v1::AspectKind_Parse(base::Cat("ASPECT_KIND_", word), &kind)) return request.add_kinds(kind);
    request.add_facets(facet);
  }

  static std::string OmittedText(const catalog::v1::OmittedFacet& facet) {
    const std::string kind = EnumWord(catalog::v1::AspectKind_Name(facet.kind()), "ASPECT_KIND_");
    const std::string name = facet.name().empty() ? kind : facet.name();
    return base::Cat(name, "  ", facet.bytes(), " bytes: --facet ", name);
  }

  static std::string FacetText(const catalog::v1::Aspect& facet) {
    return base::Cat("  ", AspectKind(facet), "  ", AspectText(facet));
  }

  std::string job_, run_;
  std::vector<std::string> facets_;
};

class RunDays final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("JOB", &job_, "job:namespace#name");
    arguments.Option("--from", &from_, "From the day of this time on");
  }

  absl::Status Run(Session& session) override {
    catalog::v1::ListRunRollupsRequest request;
    RETURN_IF_ERROR(ReadAsset("JOB", job_, request.mutable_job()));
    if (!from_.empty()) RETURN_IF_ERROR(ReadTime("--from", from_, request.mutable_from()));
    ASSIGN_OR_RETURN(const auto answer, Ask<catalog::v1::ListRunRollupsResponse>(
                                            session, "cadastre.catalog.v1.CatalogService/ListRunRollups", request));
    if (session.json) return PrintJson(session, answer);
    Table table({"DAY", ">COMPLETE", ">FAILED", ">ABORTED", ">OTHER", ">TOOK ON AVERAGE"});
    for (const catalog::v1::RunRollup& day : answer.rollups()) {
      int64_t complete = 0, failed = 0, aborted = 0, other = 0;
      for (const auto& count : day.counts()) {
        switch (count.state()) {
          case catalog::v1::RUN_STATE_COMPLETE: complete += count.runs(); break;
          case catalog::v1::RUN_STATE_FAILED: failed += count.runs(); break;
          case catalog::v1::RUN_STATE_ABORTED: aborted += count.runs(); break;
          default: other += count.runs();
        }
      }
      const std::string took =
          day.ended_runs() == 0 ? "" : base::Cat(day.duration().seconds() / day.ended_runs(), " s");
      table.Add({TimeText(day.day()).substr(0, 10), base::Cat(complete), base::Cat(failed), base::Cat(aborted),
                 base::Cat(other), took});
    }
    table.Print(session.screen);
    return absl::OkStatus();
  }

 private:
  std::string job_, from_;
};

}  // namespace

std::unique_ptr<Command> MakeRunDays() { return std::make_unique<RunDays>(); }
std::unique_ptr<Command> MakeRuns() { return std::make_unique<Runs>(); }
std::unique_ptr<Command> MakeRun() { return std::make_unique<OneRun>(); }

}  // namespace cadastre::cli
