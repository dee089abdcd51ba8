#include "ingestors/runner/agent_status.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <fstream>
#include <utility>

#include "base/status.h"
#include "base/time_format.h"
#include "client/text_width.h"
#include "ingestors/runner/exit_code.h"
#include "ingestors/runner/report.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest {
namespace {

constexpr size_t kStatusBytesMax = size_t{4} << 20;

std::string TimeAsJson(base::Timestamp at) {
  return at == base::Timestamp() || at == base::Timestamp::Max() ? "null" : JsonQuoted(base::FormatTime(at));
}

using Fields = google::protobuf::Map<std::string, google::protobuf::Value>;

const google::protobuf::Value* Find(const Fields& fields, const char* name) {
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

std::string TextIn(const Fields& fields, const char* name) {
  const google::protobuf::Value* value = Find(fields, name);
  return value == nullptr ? "" : value->string_value();
}

int64_t CountIn(const Fields& fields, const char* name) {
  const google::protobuf::Value* value = Find(fields, name);
  const double number = value == nullptr ? 0 : value->number_value();
  return std::isfinite(number) && number >= 0 && number < 1e15 ? static_cast<int64_t>(number) : 0;
}

base::Timestamp TimeIn(const Fields& fields, const char* name) {
  const absl::StatusOr<base::ParsedTime> at = base::ParseTime(TextIn(fields, name));
  return at.ok() ? at->at : base::Timestamp();
}

RecipeStatus RecipeIn(const Fields& fields) {
  RecipeStatus recipe;
  recipe.source_name = TextIn(fields, "source");
  recipe.schedule = TextIn(fields, "schedule");
  recipe.problem = TextIn(fields, "problem");
  recipe.taken = TimeIn(fields, "taken");
  recipe.next = TimeIn(fields, "next");
  recipe.began = TimeIn(fields, "began");
  recipe.ended = TimeIn(fields, "ended");
  recipe.exit_code = static_cast<int>(CountIn(fields, "exit_code") & 0xff);
  recipe.runs = CountIn(fields, "runs");
  recipe.failed = CountIn(fields, "failed");
  recipe.missed = CountIn(fields, "missed");
  recipe.overlapped = CountIn(fields, "overlapped");
  const google::protobuf::Value* running = Find(fields, "running");
  recipe.running = running != nullptr && running->bool_value();
  return recipe;
}

std::string AsJson(const std::string& path, const RecipeStatus& recipe) {
  return base::Cat("\n    ", JsonQuoted(Mended(path, 4'096)), ": {\"source\": ", JsonQuoted(recipe.source_name),
                   ", \"schedule\": ", JsonQuoted(recipe.schedule), ", \"problem\": ", JsonQuoted(recipe.problem),
                   ",\n      \"taken\": ", TimeAsJson(recipe.taken), ", \"next\": ", TimeAsJson(recipe.next),
                   ", \"began\": ", TimeAsJson(recipe.began), ", \"ended\": ", TimeAsJson(recipe.ended),
                   ",\n      \"exit_code\": ", recipe.exit_code, ", \"runs\": ", recipe.runs,
                   ", \"failed\": ", recipe.failed, ", \"missed\": ", recipe.missed,
                   ", \"overlapped\": ", recipe.overlapped, ", \"running\": ", recipe.running ? "true" : "false", "}");
}

}  // namespace

std::string JsonOf(const AgentStatus& status) {
  std::string recipes;
  for (const auto& [path, recipe] : status.recipes) {
    recipes += base::Cat(recipes.empty() ? "" : ",", AsJson(path, recipe));
  }
  return base::Cat("{\n  \"process\": ", status.process, ",\n  \"began\": ", TimeAsJson(status.began),
                   ",\n  \"told_at\": ", TimeAsJson(status.told_at), ",\n  \"recipes\": {", recipes, "}\n}\n");
}

absl::StatusOr<AgentStatus> ParseAgentStatus(std::string_view json) {
  google::protobuf::Struct parsed;
  if (json.size() > kStatusBytesMax || !google::protobuf::util::JsonStringToMessage(std::string(json), &parsed).ok()) {
    return base::InvalidArgument("it is no agent's status");
  }
  AgentStatus status;
  status.process = CountIn(parsed.fields(), "process");
  status.began = TimeIn(parsed.fields(), "began");
  status.told_at = TimeIn(parsed.fields(), "told_at");
  if (const google::protobuf::Value* recipes = Find(parsed.fields(), "recipes")) {
    for (const auto& [path, recipe] : recipes->struct_value().fields()) {
      status.recipes[path] = RecipeIn(recipe.struct_value().fields());
    }
  }
  return status;
}

absl::StatusOr<AgentStatus> ReadAgentStatus(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return AgentStatus();
  std::string text(kStatusBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  absl::StatusOr<AgentStatus> status = ParseAgentStatus(text);
  if (!status.ok()) return base::InvalidArgument(path, ": ", base::MessageOf(status.status()));
  return status;
}

std::string MetricsOf(const AgentStatus& status) {
  std::string out;
  const auto head = [&](std::string_view name, std::string_view help, std::string_view kind) {
    out += base::Cat("# HELP ", name, " ", help, "\n# TYPE ", name, " ", kind, "\n");
  };
  const auto each = [&](std::string_view name, std::string_view help, std::string_view kind, const auto& number) {
    head(name, help, kind);
    for (const auto& [path, recipe] : status.recipes) {
      out += base::Cat(name, "{recipe=", LabelOf(Mended(path, 4'096)), ",source=", LabelOf(recipe.source_name), "} ",
                       number(recipe), "\n");
    }
  };
  const auto seconds = [](base::Timestamp at) {
    return at == base::Timestamp::Max() ? int64_t{0} : at.micros() / 1'000'000;
  };
  head("cadastre_ingest_agent_told_timestamp_seconds", "When the agent was last seen to be there.", "gauge");
  out += base::Cat("cadastre_ingest_agent_told_timestamp_seconds ", seconds(status.told_at), "\n");
  each("cadastre_ingest_agent_well", "1 where the recipe can be read and its last run was no failure.", "gauge",
       [](const RecipeStatus& recipe) { return IsWell(recipe) ? 1 : 0; });
  each("cadastre_ingest_agent_running", "1 while it runs.", "gauge",
       [](const RecipeStatus& recipe) { return recipe.running ? 1 : 0; });
  each("cadastre_ingest_agent_next_timestamp_seconds", "When it runs next; 0 for never.", "gauge",
       [&](const RecipeStatus& recipe) { return seconds(recipe.next); });
  each("cadastre_ingest_agent_exit_code", "Of its last run.", "gauge",
       [](const RecipeStatus& recipe) { return recipe.exit_code; });
  each("cadastre_ingest_agent_runs_total", "Its runs that ended.", "counter",
       [](const RecipeStatus& recipe) { return recipe.runs; });
  each("cadastre_ingest_agent_failed_total", "Those that failed.", "counter",
       [](const RecipeStatus& recipe) { return recipe.failed; });
  each("cadastre_ingest_agent_missed_total", "Its times that went by without an agent.", "counter",
       [](const RecipeStatus& recipe) { return recipe.missed; });
  each("cadastre_ingest_agent_overlapped_total", "Its times at which the run before still went on.", "counter",
       [](const RecipeStatus& recipe) { return recipe.overlapped; });
  return out;
}

bool IsWell(const RecipeStatus& recipe) {
  return recipe.problem.empty() && (recipe.exit_code == kDone || recipe.exit_code == kLocked);
}

void PrintStatus(const client::Screen& screen, const AgentStatus& status, bool alive) {
  using client::Paint;
  using client::ShownText;
  std::ostream& out = *screen.out;
  if (!alive) {
    out << screen.Painted(Paint::kBad, "no agent is running");
    if (status.told_at != base::Timestamp()) out << "; the last one was at " << base::FormatTime(status.told_at);
    out << '\n';
  } else {
    out << screen.Painted(Paint::kGood, "running") << " as process " << status.process << " since "
        << base::FormatTime(status.began) << '\n';
  }
  for (const auto& [path, recipe] : status.recipes) {
    out << screen.Painted(IsWell(recipe) ? Paint::kGood : Paint::kBad, IsWell(recipe) ? "ok  " : "look") << ' '
        << ShownText(path);
    if (!recipe.source_name.empty()) out << " (" << ShownText(recipe.source_name) << ')';
    if (!recipe.problem.empty()) out << ": " << ShownText(recipe.problem);
    if (!recipe.schedule.empty()) out << ": " << ShownText(recipe.schedule);
    if (recipe.next != base::Timestamp() && recipe.next != base::Timestamp::Max()) {
      out << ", next at " << base::FormatTime(recipe.next);
    }
    if (recipe.running) out << ", running since " << base::FormatTime(recipe.began);
    if (recipe.runs > 0) {
      out << ", ended with " << recipe.exit_code << " at " << base::FormatTime(recipe.ended) << ", " << recipe.runs
          << " runs";
    }
    if (recipe.failed > 0) out << ", " << recipe.failed << " failed";
    if (recipe.missed > 0) out << ", " << recipe.missed << " missed";
    if (recipe.overlapped > 0) out << ", " << recipe.overlapped << " overlapped";
    out << '\n';
  }
}

}  // namespace cadastre::ingest
