#include "ingestors/runner/agent.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/status.h"
#include "base/time_format.h"
#include "client/settings.h"
#include "ingestors/runner/exit_code.h"

namespace cadastre::ingest {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kRefreshAfter{1};
constexpr std::chrono::seconds kWriteAfter{10};

bool IsRecipeName(const std::string& name) {
  return !name.starts_with('.') && (name.ends_with(".yml") || name.ends_with(".yaml"));
}

// Where a path is from is no part of what it is: a status is found again by whoever starts elsewhere.
std::string Absolute(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

std::set<std::string> RecipeFiles(const std::vector<std::string>& paths) {
  std::set<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.insert(Absolute(path));
      continue;
    }
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      if (IsRecipeName(at->path().filename().string())) files.insert(Absolute(at->path().string()));
    }
  }
  while (files.size() > kRecipesMax) files.erase(std::prev(files.end()));
  return files;
}

std::string StampOf(const std::string& path) {
  struct stat about = {};
  if (stat(path.c_str(), &about) != 0) return "none";
  return base::Cat(about.st_ino, ":", about.st_size, ":", about.st_mtim.tv_sec, ".", about.st_mtim.tv_nsec);
}

std::string TextfileOf(const std::string& folder, const std::string& source_name) {
  std::string word;
  for (const char c : source_name) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    word += kept ? c : '-';
  }
  return base::Cat(folder, "/cadastre-ingest-", word.substr(0, 128), ".prom");
}

}  // namespace

Agent::Agent(AgentOptions options, Processes* processes, const base::Clock* clock, AgentStatus before)
    : options_(std::move(options)), processes_(processes), clock_(clock), status_(std::move(before)) {
  status_.process = getpid();
  status_.began = clock_->Now();
  // Those of an agent that fell fell with it.
  for (auto& [path, recipe] : status_.recipes) recipe.running = false;
}

void Agent::Log(const std::string& path, const std::string& what) const {
  if (options_.log) options_.log(base::Cat(path, ": ", what));
}

void Agent::Load(const std::string& path, Known& known) {
  RecipeStatus& recipe = status_.recipes[path];
  known.timetable.reset();
  changed_ = true;
  absl::StatusOr<AgentRecipe> loaded = options_.load(path);
  if (!loaded.ok()) {
    recipe.problem = base::MessageOf(loaded.status());
    recipe.next = base::Timestamp();
    Log(path, recipe.problem);
    return;
  }
  recipe.problem.clear();
  recipe.source_name = loaded->source_name;
  // What another schedule let go by is nothing to this one.
  if (recipe.schedule != loaded->schedule_text || recipe.taken == base::Timestamp()) recipe.taken = clock_->Now();
  recipe.schedule = loaded->schedule_text;
  if (!loaded->schedule.has_value()) {
    recipe.next = base::Timestamp();
    Log(path, "it says no `schedule`, and is not run");
    return;
  }
  known.timetable.emplace(*std::move(loaded->schedule), std::chrono::seconds(loaded->jitter_seconds),
                          recipe.source_name, recipe.taken);
  recipe.next = known.timetable->next();
  Log(path, base::Cat(recipe.schedule, ", next at ", base::FormatTime(recipe.next)));
}

void Agent::Refresh() {
  const base::Timestamp now = clock_->Now();
  const bool asked = processes_->TakeReload();
  // A clock that was set back is no reason to look at nothing for as long.
  if (!asked && now >= refreshed_ && now - refreshed_ < kRefreshAfter) return;
  refreshed_ = now;
  const std::set<std::string> files = RecipeFiles(options_.paths);
  for (auto at = known_.begin(); at != known_.end();) {
    if (files.contains(at->first)) {
      ++at;
      continue;
    }
    Log(at->first, "it is gone, and not run any more");
    std::erase(waiting_, at->first);
    at = known_.erase(at);
  }
  for (const std::string& path : files) {
    Known& known = known_[path];
    std::string stamp = StampOf(path);
    if (!asked && known.stamp == stamp) continue;
    known.stamp = std::move(stamp);
    Load(path, known);
  }
  // What nobody knows any more and does not run is no part of the status.
  changed_ =
      std::erase_if(status_.recipes,
                    [&](const auto& entry) { return !known_.contains(entry.first) && !entry.second.running; }) > 0 ||
      changed_;
}

void Agent::TakeEnded() {
  for (const Processes::Ended& ended : processes_->TakeEnded()) {
    const auto found = running_.find(ended.id);
    if (found == running_.end()) continue;
    RecipeStatus& recipe = status_.recipes[found->second];
    recipe.running = false;
    recipe.ended = clock_->Now();
    recipe.exit_code = ended.code;
    ++recipe.runs;
    if (ended.code != kDone && ended.code != kLocked) ++recipe.failed;
    Log(found->second,
        base::Cat("ended with ", ended.code, " after ", (recipe.ended - recipe.began).count() / 1'000'000, " s"));
    running_.erase(found);
    changed_ = true;
  }
}

void Agent::TakeDue() {
  for (auto& [path, known] : known_) {
    if (!known.timetable.has_value()) continue;
    const std::optional<Timetable::Due> due = known.timetable->TakeDue(clock_->Now());
    if (!due.has_value()) continue;
    changed_ = true;
    RecipeStatus& recipe = status_.recipes[path];
    recipe.taken = known.timetable->taken();
    recipe.next = known.timetable->next();
    recipe.missed += due->missed;
    if (due->missed > 0) {
      Log(path, base::Cat(due->missed, due->missed == kMissedMax ? " or more" : "", " of its times went by, up to ",
                          base::FormatTime(due->at), "; one run makes up for them"));
    }
    if (recipe.running) {
      ++recipe.overlapped;
      Log(path, base::Cat("the run before still goes on; that of ", base::FormatTime(due->at), " is left out"));
    } else if (known.waiting) {
      ++recipe.missed;
    } else {
      known.waiting = true;
      waiting_.push_back(path);
    }
  }
}

void Agent::BeginRun(const std::string& path) {
  RecipeStatus& recipe = status_.recipes[path];
  std::vector<std::string> words = {"run", path, "--if-locked", "fail"};
  if (!options_.textfile_folder.empty()) {
    words.insert(words.end(), {"--textfile", TextfileOf(options_.textfile_folder, recipe.source_name)});
  }
  if (!options_.spool.empty()) words.insert(words.end(), {"--spool", options_.spool});
  recipe.began = clock_->Now();
  changed_ = true;
  const absl::StatusOr<int64_t> process = processes_->Begin(words);
  if (!process.ok()) {
    recipe.ended = recipe.began;
    recipe.exit_code = 255;
    ++recipe.runs;
    ++recipe.failed;
    Log(path, std::string(base::MessageOf(process.status())));
    return;
  }
  recipe.running = true;
  running_[*process] = path;
  Log(path, base::Cat("begun as process ", *process));
}

void Agent::BeginWaiting() {
  while (!waiting_.empty() && static_cast<int64_t>(running_.size()) < options_.parallel) {
    const std::string path = waiting_.front();
    waiting_.pop_front();
    if (const auto known = known_.find(path); known != known_.end()) {
      known->second.waiting = false;
      BeginRun(path);
    }
  }
}

void Agent::Look() {
  TakeEnded();
  if (!stopping_) {
    Refresh();
    TakeDue();
    BeginWaiting();
  }
  const base::Timestamp now = clock_->Now();
  if (changed_ || now < written_ || now - written_ >= kWriteAfter) WriteStatus();
}

void Agent::Stop(int signal) {
  stopping_ = true;
  for (const auto& [process, path] : running_) processes_->Signal(process, signal);
}

void Agent::WriteStatus() {
  changed_ = false;
  written_ = status_.told_at = clock_->Now();
  absl::Status written = client::WriteFile(options_.status_path, JsonOf(status_), 0644);
  if (written.ok() && !options_.textfile_folder.empty()) {
    written =
        client::WriteFile(base::Cat(options_.textfile_folder, "/cadastre-ingest-agent.prom"), MetricsOf(status_), 0644);
  }
  if (!written.ok() && options_.log) options_.log(std::string(base::MessageOf(written)));
}

}  // namespace cadastre::ingest
