#include "ingestors/runner/recipe_key.h"

namespace cadastre::ingest {

const std::vector<RecipeKey>& CommonKeys() {
  static const std::vector<RecipeKey> kKeys = {
      {.path = "source.type",
       .meaning = "What kind of system is read: a word of `cadastre-ingest list`",
       .required = true},
      {.path = "source.name",
       .meaning = "What the source is called, once in a company: the job `cadastre-ingest`, NAME keeps its crawls",
       .required = true},
      {.path = "namespace", .meaning = "The namespace of its assets; the OpenLineage naming spec's without it"},
      {.path = "defaults.owners", .shape = Shape::kTexts, .meaning = "Owners stated of every table and view"},
      {.path = "defaults.domain", .meaning = "The domain stated of them: `domain:NAMESPACE#NAME`"},
      {.path = "defaults.tags", .shape = Shape::kTexts, .meaning = "Tags stated of them, each `key` or `key:value`"},
      {.path = "sink.url", .meaning = "The catalog's address; CADASTRE_URL, or http://127.0.0.1:8080, without it"},
      {.path = "sink.token",
       .shape = Shape::kSecret,
       .meaning = "The token it is called with; CADASTRE_TOKEN, or the saved one, without it"},
      {.path = "sink.ca", .meaning = "PEM file of the authority the catalog's certificate is of"},
      {.path = "sink.certificate", .meaning = "PEM file of my certificate, where the catalog asks for one"},
      {.path = "sink.key", .meaning = "PEM file of that certificate's key"},
      {.path = "sink.patience_seconds",
       .shape = Shape::kNumber,
       .meaning = "How long a call is tried again while the catalog cannot be reached",
       .otherwise = "60",
       .max = 3'600},
      {.path = "spool.folder",
       .meaning = "Where the lock is, and what the catalog could not be told; `$XDG_STATE_HOME/cadastre-ingest`, or "
                  "`~/.local/state/cadastre-ingest`, without it"},
      {.path = "spool.mib",
       .shape = Shape::kNumber,
       .meaning = "How much of it is kept for each source; 0: nothing",
       .otherwise = "256",
       .max = 1'048'576},
      {.path = "removal.enabled",
       .shape = Shape::kFlag,
       .meaning = "Whether what is gone from the source is told as gone",
       .otherwise = "true"},
      {.path = "removal.scope_percent",
       .shape = Shape::kNumber,
       .meaning = "More of one scope than this is not removed without --allow-removals",
       .otherwise = "20",
       .max = 100},
      {.path = "removal.run_percent",
       .shape = Shape::kNumber,
       .meaning = "More of all scopes than this is not removed without --allow-removals",
       .otherwise = "10",
       .max = 100},
      {.path = "schedule",
       .meaning = "When `agent` runs it: cron's five fields, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`"},
      {.path = "schedule_timezone",
       .meaning = "The time zone it is meant in, such as `Europe/Berlin`",
       .otherwise = "UTC"},
      {.path = "schedule_jitter_seconds",
       .shape = Shape::kNumber,
       .meaning = "Each of its times is put off by up to so much, always by the same",
       .otherwise = "0",
       .max = 86'400},
  };
  return kKeys;
}

std::vector<std::string> ChoicesOf(const RecipeKey& key) {
  std::vector<std::string> choices;
  std::string_view rest = key.choices;
  while (!rest.empty()) {
    const size_t end = rest.find('|');
    choices.emplace_back(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return choices;
}

}  // namespace cadastre::ingest
