// The company of the demo as plain values: its datasets, its jobs and what each column is made from.
//
// `BuildCompany` makes one, the caller owns it and never changes it. Compatible. Nothing here knows OpenLineage or
// JSON: events.h and governance.h say how a model is told. A spec table that does not fit together (an input no dataset
// has) ends the program, because the tables are part of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cadastre::demo {

enum class Layer { kSource, kTopic, kBronze, kSilver, kGold, kMart, kFile };

enum class Tool { kAirflow, kDbt, kSpark, kDebezium, kFlink, kPython, kSuperset };

// Where a column's values come from. `op` is a word of the spec tables: id, expr, hash, sum, count, avg, min, max,
// distinct, and for whole datasets filter, join, group.
struct Origin {
  std::string op;
  std::string dataset;  // key
  std::string column;
};

struct Column {
  std::string name;
  std::string type;
  std::string doc;
  bool primary_key = false;
  bool pii = false;
  // Days before the end at which the column disappeared; 0 for never.
  int dropped_day = 0;
  std::vector<Origin> from;
};

struct Dataset {
  // How the tables of this program name it: `silver.orders`.
  std::string key;
  Layer layer = Layer::kSource;
  std::string ns;
  std::string name;
  // The name until `renamed_day` days before the end; empty for none.
  std::string old_name;
  int renamed_day = 0;
  std::string domain;
  std::string korean;
  std::string english;
  std::vector<Column> columns;
  // What shaped every row: filters, joins, groupings.
  std::vector<Origin> shaped_by;
  // How many rows a usual run writes.
  int64_t rows = 0;
};

struct Job {
  std::string key;
  Tool tool = Tool::kAirflow;
  std::string ns;
  std::string name;
  // The integration's own word: DAG, TASK, MODEL, TEST, APPLICATION, SQL_JOB, CONNECTOR.
  std::string type;
  std::string parent;  // key of the parent job, or empty
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  // Inputs until `repointed_day` days before the end; used where that is not 0.
  std::vector<std::string> old_inputs;
  int repointed_day = 0;
  // Sends an explicit `lineage` facet.
  bool states_lineage = false;
  std::string domain;
  std::string korean;
  std::string english;
  std::string source_path;
  // Runs every so many days; 0 for jobs whose runs are told by the story alone.
  int every_days = 1;
  // Seconds after midnight UTC.
  int starts_at = 0;
  int lasts = 300;
};

struct Domain {
  std::string name;
  std::string korean;
  std::string english;
  std::string owner;
  // People who answer for it: principal ids.
  std::vector<std::string> stewards;
};

struct Company {
  std::vector<Domain> domains;
  std::vector<Dataset> datasets;
  std::vector<Job> jobs;
  std::map<std::string, size_t, std::less<>> dataset_by_key;
  std::map<std::string, size_t, std::less<>> job_by_key;

  const Dataset& DatasetOf(std::string_view key) const;
  const Job& JobOf(std::string_view key) const;
  const Domain& DomainOf(std::string_view name) const;
  void Add(Dataset dataset);
  void Add(Job job);
};

Company BuildCompany();

// "2026-01-31T04:05:06Z" of seconds since 1970, and the date alone.
std::string Rfc3339(int64_t seconds);
std::string DateOf(int64_t seconds);

// A number that depends on nothing but its arguments, so that adding a job changes no other job's numbers.
uint64_t Draw(uint64_t seed, std::string_view what, int64_t day);

}  // namespace cadastre::demo
