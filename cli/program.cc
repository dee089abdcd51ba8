#include "cli/program.h"

#include <CLI/CLI.hpp>
#include <map>
#include <optional>
#include <utility>

#include "base/status.h"
#include "cli/client_words.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/exit_code.h"

namespace cadastre::cli {
namespace {

struct GlobalOptions {
  Given given;
  std::string min_revision;
  bool json = false;
};

void DeclareGlobals(CLI::App& app, GlobalOptions& options, const std::string& version) {
  Given& given = options.given;
  app.add_option("--url", given.url, "The server's HTTP address; http://127.0.0.1:8080 without it")
      ->envname("CADASTRE_URL");
  app.add_option("--grpc", given.grpc, "The server's gRPC address, for push; https://host:port for TLS")
      ->envname("CADASTRE_GRPC");
  app.add_option("--data-dir", given.data_dir, "Take addresses that are not given from this folder's addresses.json")
      ->envname("CADASTRE_DATA_DIR");
  app.add_option("--ca", given.ca, "PEM file of the authority the server's certificate is of; or SSL_CERT_FILE")
      ->envname("CADASTRE_CA");
  app.add_option("--cert", given.certificate, "PEM file of my certificate, where the server asks for one")
      ->envname("CADASTRE_CERT");
  app.add_option("--key", given.key, "PEM file of my certificate's key")->envname("CADASTRE_KEY");
  app.add_option("--min-revision", options.min_revision, "Reads wait for this revision: what a write told");
  app.add_flag("--json", options.json, "The raw answer as JSON");
  app.set_version_flag("--version", version, "The version and the commit it was built from");
  app.footer(
      "The token is read from CADASTRE_TOKEN, or from the file that login --save wrote.\n"
      "Exit codes: 0 ok, 1 something failed, 2 usage, 3 refused, 4 unreachable, 5 not found.");
}

// The table as subcommands; `chosen` becomes the one that was parsed.
class Tree {
 public:
  explicit Tree(CLI::App& app) : app_(app) {
    for (const CommandRow& row : Commands()) Add(row);
  }

  // What a shell may offer after which words.
  std::vector<CompletionPlace> Places() const {
    std::vector<CompletionPlace> places;
    AddPlace("", app_, places);
    for (const auto& [word, group] : groups_) AddPlace(word, *group, places);
    for (const auto& [app, command] : commands_) {
      const bool grouped = app->get_parent() != &app_;
      AddPlace(grouped ? base::Cat(app->get_parent()->get_name(), " ", app->get_name()) : app->get_name(), *app,
               places);
    }
    return places;
  }

  Command* Chosen() const {
    for (const auto& [app, command] : commands_) {
      if (app->parsed()) return command.get();
    }
    return nullptr;
  }

 private:
  static void AddPlace(std::string words, const CLI::App& app, std::vector<CompletionPlace>& places) {
    CompletionPlace place{std::move(words), {}};
    for (const CLI::App* below : app.get_subcommands([](const CLI::App*) { return true; })) {
      place.choices.push_back({below->get_name(), below->get_description()});
    }
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        place.choices.push_back({base::Cat("--", name), option->get_description()});
      }
    }
    places.push_back(std::move(place));
  }

  void Add(const CommandRow& row) {
    const std::string words = row.words;
    const size_t space = words.find(' ');
    CLI::App* parent = &app_;
    if (space != std::string::npos) {
      CLI::App*& group = groups_[words.substr(0, space)];
      if (group == nullptr) {
        group = app_.add_subcommand(words.substr(0, space));
        group->require_subcommand(1)->fallthrough();
      }
      const std::string before = group->get_description();
      group->description(base::Cat(before, before.empty() ? "Commands: " : ", ", words.substr(space + 1)));
      parent = group;
    }
    CLI::App* app = parent->add_subcommand(space == std::string::npos ? words : words.substr(space + 1), row.summary);
    // Global options may stand after the command's words too.
    app->fallthrough();
    std::unique_ptr<Command> command = row.make();
    Arguments arguments(app);
    command->Declare(arguments);
    commands_.emplace_back(app, std::move(command));
  }

  CLI::App& app_;
  std::map<std::string, CLI::App*> groups_;
  std::vector<std::pair<CLI::App*, std::unique_ptr<Command>>> commands_;
};

int Tell(const Session& session, const absl::Status& status) {
  if (status.ok()) return kOk;
  *session.screen.err << "cadastre: " << ShownText(base::MessageOf(status)) << '\n';
  if (absl::IsUnauthenticated(status) && session.settings.token.empty()) {
    *session.screen.err << "there is no token: set CADASTRE_TOKEN, or cadastre login USER --save\n";
  }
  return ExitCodeOf(status);
}

std::vector<std::string> WordsOf(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(command->get_name());
  }
  return words;
}

// What did not parse, and what may have been meant. All of it goes to stderr: nobody asked for help.
void TellUsage(const CLI::App& app, const CLI::ParseError& error, std::ostream& err) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  const bool command_missing = at->get_require_subcommand_min() > 0 && error.get_name() == "RequiredError";
  const std::vector<std::string> rest = app.remaining(true);
  if (!command_missing || (!rest.empty() && rest.front().starts_with('-'))) {
    err << "cadastre: "
        << (rest.empty() ? std::string(error.what()) : base::Cat("not expected: ", ShownText(rest.front())))
        << "\nRun with --help for more information.\n";
    return;
  }
  if (rest.empty()) {
    err << at->help(at == &app ? "" : "cadastre");
    return;
  }
  const std::string group = at == &app ? "" : base::Cat(" ", at->get_name());
  const std::string nearest = NearestWord(rest.front(), WordsOf(*at));
  err << "cadastre: there is no command `" << ShownText(rest.front()) << "`" << (group.empty() ? "" : " under") << group
      << (nearest.empty() ? "" : base::Cat("; did you mean `cadastre", group, " ", nearest, "`?")) << "\nRun cadastre"
      << group << " --help for all commands.\n";
}

// The exit code where there is nothing to run: help, the version, or what did not parse.
std::optional<int> Parse(CLI::App& app, int argc, const char* const* argv, const Session& session) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help is told as an error too.
    if (error.get_exit_code() == 0) return app.exit(error, *session.screen.out, *session.screen.err);
    TellUsage(app, error, *session.screen.err);
    return kUsage;
  }
  return std::nullopt;
}

int RunWith(const GlobalOptions& options, Command* command, Session& session) {
  absl::StatusOr<Settings> settings = FindSettings(options.given);
  if (!settings.ok()) return Tell(session, settings.status());
  session.settings = *std::move(settings);
  session.json = options.json;
  session.min_revision = options.min_revision;
  const std::unique_ptr<Caller> caller = session.connect(session.settings);
  session.caller = caller.get();
  return Tell(session, command->Run(session));
}

}  // namespace

int RunProgram(int argc, const char* const* argv, Session session) {
  CLI::App app("cadastre: the metadata catalog and lineage graph at the command line", "cadastre");
  GlobalOptions options;
  DeclareGlobals(app, options, session.version);
  app.require_subcommand(1);
  const Tree tree(app);
  if (const std::optional<int> code = Parse(app, argc, argv, session)) return *code;
  Command* command = tree.Chosen();
  if (command == nullptr) return kUsage;
  session.places = tree.Places();
  return RunWith(options, command, session);
}

int RunCommand(int argc, const char* const* argv, Session session, const CommandRow& row) {
  CLI::App app(row.summary, row.words);
  GlobalOptions options;
  DeclareGlobals(app, options, session.version);
  const std::unique_ptr<Command> command = row.make();
  Arguments arguments(&app);
  command->Declare(arguments);
  if (const std::optional<int> code = Parse(app, argc, argv, session)) return *code;
  return RunWith(options, command.get(), session);
}

}  // namespace cadastre::cli
