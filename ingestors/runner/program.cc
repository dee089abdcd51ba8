#include "ingestors/runner/program.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/asset_name.h"
#include "base/status.h"
#include "client/nearest_word.h"
#include "client/progress.h"
#include "client/text_width.h"
#include "ingestors/runner/agent_command.h"
#include "ingestors/runner/place.h"
#include "ingestors/runner/recipe.h"
#include "ingestors/runner/report.h"
#include "ingestors/runner/run.h"
#include "ingestors/runner/setup.h"

namespace cadastre::ingest {
namespace {

using client::ShownText;

struct Asked {
  AgentAsked agent;
  std::string recipe, type, textfile, spool, if_locked = "fail";
  int64_t allow_removals = 0, wait_seconds = 3'600;
  bool json = false, markdown = false;
};

int Refuse(const Program& program, int code, const absl::Status& status) {
  *program.screen.err << "cadastre-ingest: " << ShownText(base::MessageOf(status)) << '\n';
  return code;
}

const SourceType* TypeOf(const Program& program, std::string_view word) {
  for (const SourceType& type : program.types) {
    if (type.word == word) return &type;
  }
  return nullptr;
}

std::vector<std::string> TypeWords(const Program& program) {
  std::vector<std::string> words;
  for (const SourceType& type : program.types) words.emplace_back(type.word);
  return words;
}

// When the recipe runs by itself; nothing where it does not say.
absl::StatusOr<std::optional<Schedule>> ScheduleOf(const Recipe& recipe) {
  // A zone that is none is wrong even where nothing is scheduled yet.
  const bool says = recipe.Says("schedule");
  const std::string zone = recipe.Text("schedule_timezone");
  if (const absl::Status known = Schedule::Parse("@daily", zone).status(); !known.ok()) {
    return recipe.Wrong("schedule_timezone", "the name of a time zone, such as Europe/Berlin");
  }
  if (!says) return std::nullopt;
  absl::StatusOr<Schedule> schedule = Schedule::Parse(recipe.Text("schedule"), zone);
  if (!schedule.ok()) {
    return recipe.Wrong("schedule", base::Cat("when to run; ", base::MessageOf(schedule.status())));
  }
  return *std::move(schedule);
}

struct Opened {
  const SourceType* type = nullptr;
  Recipe recipe;
  std::unique_ptr<Source> source;
};

enum class Catalog : uint8_t { kAsked, kUnasked };

absl::StatusOr<Opened> Open(const Program& program, const std::string& path, Catalog use) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadRecipeFile(path));
  const auto keys = [&](std::string_view word) -> const std::vector<RecipeKey>* {
    const SourceType* type = TypeOf(program, word);
    return type == nullptr ? nullptr : type->keys;
  };
  Surroundings surroundings = SurroundingsOf(std::filesystem::path(path).parent_path().string());
  surroundings.token_to_come = use == Catalog::kUnasked;
  Opened opened;
  ASSIGN_OR_RETURN(opened.recipe, ParseRecipe(path, yaml, TypeWords(program), keys, surroundings));
  opened.type = TypeOf(program, opened.recipe.Text("source.type"));
  RETURN_IF_ERROR(DefaultsOf(opened.recipe).status());
  RETURN_IF_ERROR(ScheduleOf(opened.recipe).status());
  ASSIGN_OR_RETURN(opened.source, opened.type->make(opened.recipe));
  const catalog::v1::AssetRef job = JobOf(opened.recipe.Text("source.name"));
  if (!base::MakeAssetName(job.kind(), job.namespace_(), job.name()).ok()) {
    return opened.recipe.Wrong("source.name", "1 to 1,024 bytes");
  }
  return opened;
}

// What the command line calls by its options, as a recipe says it.
absl::Status InRecipesWords(const absl::Status& status) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"--url", "sink.url"}, {"--ca", "sink.ca"}, {"--cert", "sink.certificate"}, {"--key", "sink.key"}};
  const std::optional<std::string> field = base::FieldOf(status);
  for (const auto& [option, key] : kWords) {
    if (field == option) return base::RenamedField(key, status);
  }
  return status;
}

// The catalog as the recipe names it; what it does not say comes from where the command line takes it from.
absl::StatusOr<client::Settings> SettingsOf(const Recipe& recipe) {
  const auto otherwise = [](std::string said, const char* name) {
    const char* value = said.empty() ? std::getenv(name) : nullptr;
    return value == nullptr ? std::move(said) : std::string(value);
  };
  client::Given given;
  given.url = otherwise(recipe.Text("sink.url"), "CADASTRE_URL");
  given.ca = otherwise(recipe.Text("sink.ca"), "CADASTRE_CA");
  given.certificate = otherwise(recipe.Text("sink.certificate"), "CADASTRE_CERT");
  given.key = otherwise(recipe.Text("sink.key"), "CADASTRE_KEY");
  absl::StatusOr<client::Settings> found = client::FindSettings(given);
  if (!found.ok()) return InRecipesWords(found.status());
  client::Settings settings = *std::move(found);
  if (recipe.Says("sink.token")) settings.token = recipe.Text("sink.token");
  if (settings.token.find_first_of("\r\n") != std::string::npos) {
    return recipe.Wrong("sink.token", "a token of one line");
  }
  return settings;
}

std::string Holder() {
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  return base::Cat(host, ":", getpid());
}

struct Places {
  std::unique_ptr<SourcePlace> place;
  absl::Status status;
};

// What the source has on this machine. A machine without a place for it (no home, a disk that is read only) crawls all
// the same, by the catalog's lease alone, unless somebody named one.
Places PlaceOf(const Program& program, const Asked& asked, const Recipe& recipe, const std::string& url) {
  const std::string said = asked.spool.empty() ? recipe.Text("spool.folder") : asked.spool;
  const std::string folder = said.empty() ? StateFolder() : said;
  absl::StatusOr<std::unique_ptr<SourcePlace>> place = base::FailedPrecondition("there is no home folder");
  if (!folder.empty()) place = SourcePlace::Open(folder, url, recipe.Text("source.name"));
  if (place.ok()) return {*std::move(place), absl::OkStatus()};
  if (!said.empty())
    return {nullptr, base::RenamedField(asked.spool.empty() ? "spool.folder" : "--spool", place.status())};
  *program.screen.err << "cadastre-ingest: without a lock and a spool: " << ShownText(base::MessageOf(place.status()))
                      << '\n';
  return {nullptr, absl::OkStatus()};
}

int Crawl(const Program& program, const Asked& asked, bool plan) {
  absl::StatusOr<Opened> opened = Open(program, asked.recipe, Catalog::kAsked);
  if (!opened.ok()) return Refuse(program, kUsage, opened.status());
  const absl::StatusOr<client::Settings> settings = SettingsOf(opened->recipe);
  if (!settings.ok()) return Refuse(program, kUsage, settings.status());
  Places places;
  if (!plan) places = PlaceOf(program, asked, opened->recipe, settings->url);
  if (!places.status.ok()) return Refuse(program, kUsage, places.status);
  const std::unique_ptr<client::Caller> caller = program.connect(*settings);
  RunOptions options;
  options.place = places.place.get();
  options.spool_bytes_max = opened->recipe.Number("spool.mib") << 20;
  options.plan = plan;
  options.if_locked = asked.if_locked == "skip"   ? IfLocked::kSkip
                      : asked.if_locked == "wait" ? IfLocked::kWait
                                                  : IfLocked::kFail;
  options.wait_max = std::chrono::seconds(asked.wait_seconds);
  options.allow_removals = asked.allow_removals;
  options.holder = Holder();
  options.pace = program.pace;
  options.clock = program.clock;
  options.stop = program.stop;
  RunReport report;
  {
    client::Progress progress(program.screen, "objects", 0);
    std::string last;
    options.progress = [&](int64_t seen, const std::string& scope) {
      progress.Show(static_cast<uint64_t>(seen), scope);
      // Elsewhere a log wants a line now and then, not one for each object.
      if (program.screen.err_is_tty || asked.json || scope == last) return;
      last = scope;
      *program.screen.err << "reading " << ShownText(scope) << '\n';
    };
    report = RunCrawl(*opened->type, opened->recipe, *opened->source, *caller, options);
  }
  if (asked.json) {
    *program.screen.out << JsonOf(report);
  } else {
    PrintReport(program.screen, report);
  }
  if (!asked.textfile.empty()) {
    if (const absl::Status written = WriteMetrics(asked.textfile, report); !written.ok()) {
      return Refuse(program, report.code == kDone ? static_cast<int>(kSomeFailed) : report.code, written);
    }
  }
  return report.code;
}

int Test(const Program& program, const Asked& asked) {
  absl::StatusOr<Opened> opened = Open(program, asked.recipe, Catalog::kUnasked);
  if (!opened.ok()) return Refuse(program, kUsage, opened.status());
  absl::StatusOr<std::vector<Check>> checks = opened->source->Test();
  if (!checks.ok()) {
    const std::string told = opened->recipe.WithoutSecrets(std::string(base::MessageOf(checks.status())));
    return Refuse(program, kSourceOrLogin, absl::Status(checks.status().code(), told));
  }
  bool all = true;
  for (const Check& check : *checks) {
    all = all && check.ok;
    *program.screen.out << program.screen.Painted(check.ok ? client::Paint::kGood : client::Paint::kBad,
                                                  check.ok ? "ok     " : "missing")
                        << "  " << ShownText(check.what) << (check.told.empty() ? "" : ": ")
                        << ShownText(opened->recipe.WithoutSecrets(check.told)) << '\n';
  }
  return all ? kDone : kSourceOrLogin;
}

int Schema(const Program& program, const Asked& asked) {
  const SourceType* type = TypeOf(program, asked.type);
  if (type == nullptr) {
    const std::string nearest = client::NearestWord(asked.type, TypeWords(program));
    return Refuse(program, kUsage,
                  base::InvalidArgument("there is no source type `", asked.type, "`",
                                        nearest.empty() ? "" : base::Cat("; did you mean ", nearest, "?")));
  }
  std::vector<RecipeKey> keys = CommonKeys();
  keys.insert(keys.end(), type->keys->begin(), type->keys->end());
  *program.screen.out << (asked.markdown ? MarkdownOf(keys)
                                         : JsonSchemaOf(base::Cat("A recipe for ", type->word), keys));
  return kDone;
}

int Setup(const Program& program, const Asked& asked) {
  absl::StatusOr<Opened> opened = Open(program, asked.recipe, Catalog::kUnasked);
  if (!opened.ok()) return Refuse(program, kUsage, opened.status());
  std::vector<std::string> namespaces = {opened->source->Namespace()};
  for (std::string& more : opened->source->MoreNamespaces()) namespaces.push_back(std::move(more));
  *program.screen.out << SetupCommands(opened->recipe.Text("source.name"), namespaces);
  return kDone;
}

int RunAgentOf(const Program& program, const AgentAsked& asked) {
  return RunAgent(program, asked, [&](const std::string& path) -> absl::StatusOr<AgentRecipe> {
    ASSIGN_OR_RETURN(const Opened opened, Open(program, path, Catalog::kAsked));
    AgentRecipe recipe;
    recipe.source_name = opened.recipe.Text("source.name");
    recipe.jitter_seconds = opened.recipe.Number("schedule_jitter_seconds");
    ASSIGN_OR_RETURN(recipe.schedule, ScheduleOf(opened.recipe));
    if (recipe.schedule.has_value()) {
      recipe.schedule_text = base::Cat(opened.recipe.Text("schedule"), " ", opened.recipe.Text("schedule_timezone"));
    }
    return recipe;
  });
}

int List(const Program& program) {
  for (const SourceType& type : program.types) *program.screen.out << type.word << "  " << type.summary << '\n';
  return kDone;
}

void DeclareCrawl(CLI::App* command, Asked& asked) {
  command->add_option("RECIPE", asked.recipe, "The recipe's file")->required();
  command->add_flag("--json", asked.json, "The report as JSON on the output, and nothing besides");
  command->add_option("--textfile", asked.textfile, "Write metrics for Prometheus' node exporter to this file");
  command
      ->add_option("--allow-removals", asked.allow_removals,
                   "Up to so many objects may be told as gone, whatever the percentages")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
}

CLI::App* DeclareAgent(CLI::App& app, AgentAsked& asked) {
  CLI::App* agent = app.add_subcommand("agent", "Run recipes by their own schedules until it is told to stop");
  agent->add_option("RECIPES", asked.paths, "Recipes, and folders of *.yml and *.yaml");
  agent->add_option("--parallel", asked.parallel, "How many may run at once")
      ->check(CLI::Range(int64_t{1}, kParallelMax));
  agent->add_option("--state", asked.state, "The file of its status; by default in the state folder");
  agent->add_option("--textfile-folder", asked.textfile_folder, "Write metrics of it and of each run to this folder");
  agent->add_option("--spool", asked.spool, "As of `run`, for each run");
  agent->add_flag("--status", asked.status, "Tell how the agent that runs is: 0 where it does and all is well, else 1");
  agent->add_flag("--json", asked.json, "The status as JSON on the output, and nothing besides");
  return agent;
}

}  // namespace

int RunProgram(int argc, const char* const* argv, const Program& program) {
  CLI::App app("cadastre-ingest: reads a system's catalog into Cadastre", "cadastre-ingest");
  app.require_subcommand(1);
  app.set_version_flag("--version", program.version, "The version and the commit it was built from");
  app.footer(
      "The token is the recipe's, or CADASTRE_TOKEN, or the one that `cadastre login --save` kept.\n"
      "Exit codes: 0 done, 1 some objects failed, 2 usage, 3 source or login, 4 catalog unreachable,\n"
      "5 removals stopped for safety, 75 another run is at it.");
  Asked asked;
  CLI::App* run = app.add_subcommand("run", "Crawl the source and tell the catalog what changed");
  DeclareCrawl(run, asked);
  run->add_option("--if-locked", asked.if_locked, "While another run of the source is at it: fail, skip or wait")
      ->check(CLI::IsMember({"fail", "skip", "wait"}));
  run->add_option("--spool", asked.spool, "The folder for the lock and for what the catalog could not be told");
  run->add_option("--wait-seconds", asked.wait_seconds, "How long --if-locked wait waits")
      ->check(CLI::Range(int64_t{0}, int64_t{86'400 * 7}));
  CLI::App* plan =
      app.add_subcommand("plan", "Crawl the source and print what would change; tells the catalog nothing");
  DeclareCrawl(plan, asked);
  CLI::App* test = app.add_subcommand("test", "Look whether the source can be read, and print what is missing for it");
  test->add_option("RECIPE", asked.recipe, "The recipe's file")->required();
  CLI::App* setup = app.add_subcommand("setup", "Print the commands that make an account for the recipe's crawls");
  setup->add_option("RECIPE", asked.recipe, "The recipe's file")->required();
  CLI::App* agent = DeclareAgent(app, asked.agent);
  app.add_subcommand("list", "The types of sources there are");
  CLI::App* schema = app.add_subcommand("schema", "What a recipe may say, as a JSON Schema for editors");
  schema->add_option("TYPE", asked.type, "A word of `list`")->required();
  schema->add_flag("--markdown", asked.markdown, "As a table for people");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, *program.screen.out, *program.screen.err);
    return code == 0 ? kDone : kUsage;
  }
  if (run->parsed()) return Crawl(program, asked, false);
  if (plan->parsed()) return Crawl(program, asked, true);
  if (agent->parsed()) return RunAgentOf(program, asked.agent);
  if (test->parsed()) return Test(program, asked);
  if (setup->parsed()) return Setup(program, asked);
  if (schema->parsed()) return Schema(program, asked);
  return List(program);
}

}  // namespace cadastre::ingest
