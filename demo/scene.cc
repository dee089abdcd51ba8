#include "demo/scene.h"

#include <cstdio>

namespace cadastre::demo {

std::string Scene::NameAt(const Dataset& dataset, int64_t time) const {
  return !dataset.old_name.empty() && time < RenamedAt(dataset) ? dataset.old_name : dataset.name;
}

std::vector<Column> Scene::ColumnsAt(const Dataset& dataset, int64_t time) const {
  std::vector<Column> columns = dataset.columns;
  std::erase_if(columns, [&](const Column& column) { return column.dropped_day != 0 && time >= DroppedAt(column); });
  return columns;
}

const std::vector<std::string>& Scene::InputsAt(const Job& job, int64_t time) const {
  return job.repointed_day != 0 && time < RepointedAt(job) ? job.old_inputs : job.inputs;
}

bool Scene::RunsOn(const Job& job, int day) const {
  // Phase 1, so that every job also ran on the last day; cadences divide one another, so that a child has its parent.
  return job.every_days != 0 && (day - 1) % job.every_days == 0;
}

std::string Scene::RunId(const Job& job, int day) const {
  const uint64_t ms = static_cast<uint64_t>(At(day, job.starts_at)) * 1000;
  const uint64_t a = Draw(seed, job.key, day);
  const uint64_t b = Draw(seed + 1, job.key, day);
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-7%03x-%04x-%012llx", static_cast<unsigned>(ms >> 16),
                static_cast<unsigned>(ms & 0xffff), static_cast<unsigned>(a & 0xfff),
                static_cast<unsigned>(0x8000 | (a >> 16 & 0x3fff)),
                static_cast<unsigned long long>(b & 0xffffffffffffULL));
  return text;
}

std::optional<std::string> Scene::Failure(const Job& job, int day) const {
  if (job.key == "partner_files.upload_delivery_report") {
    if (day > kFailingSinceDay) return std::nullopt;
    return "paramiko.ssh_exception.AuthenticationException: Authentication failed for carrier-sftp (키 만료)";
  }
  const bool leaf = job.type == "MODEL" || (job.type == "TASK" && !job.outputs.empty() && job.tool == Tool::kAirflow);
  if (!leaf || Draw(seed, "failure/" + job.key, day) % 40 != 0) return std::nullopt;
  if (job.tool == Tool::kDbt) return "Database Error in model: canceling statement due to statement timeout";
  return "psycopg2.OperationalError: could not connect to server: Connection timed out";
}

int64_t Scene::RowsOn(const Dataset& dataset, int day) const {
  const bool weekend = (At(day) / 86400 + 4) % 7 % 6 == 0;
  const int64_t noise = static_cast<int64_t>(Draw(seed, "rows/" + dataset.key, day) % 200);
  const int64_t permille = 900 + noise + (weekend ? 250 : 0) + (kDays - day) * 2;
  return dataset.rows * permille / 1000;
}

}  // namespace cadastre::demo
