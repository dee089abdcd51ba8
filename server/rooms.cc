#include "server/rooms.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "authz/view/change_feed.h"
#include "base/log.h"
#include "base/status.h"
#include "server/backup.h"
#include "server/housekeeping.h"
#include "server/search_source.h"

namespace cadastre::server {
namespace {

using std::chrono::milliseconds;

constexpr size_t kLogEntriesAtATime = 512;
// Each hashes a password, with 19 MiB and some 30 ms of a core.
constexpr size_t kLoginsAtOnceMax = 2;
constexpr size_t kLoginsWaitingMax = 64;
constexpr milliseconds kFollowerWake{50};
constexpr milliseconds kTick{1'000};
constexpr std::chrono::minutes kCheckpointEvery{5};
// Of a stop: process managers kill what takes much longer, and what is not folded is only described anew.
constexpr std::chrono::seconds kStopFoldMax{10};

// Before a follower that failed tries again; twice as long each time.
constexpr milliseconds kRetryFirst{200};
constexpr milliseconds kRetryMax{30'000};

// In small pieces, so that a stop is obeyed soon.
void SleepUnless(const std::stop_token& stop, milliseconds time) {
  for (milliseconds slept{0}; slept < time && !stop.stop_requested(); slept += milliseconds(50)) {
    std::this_thread::sleep_for(milliseconds(50));
  }
}

std::string GraphPath(const Config& config) { return config.data_dir + "/lineage.checkpoint"; }

}  // namespace

StatusOr<std::unique_ptr<Rooms>> Rooms::Open(storage::Engine* engine, Clock* clock, const Config& config,
                                             base::DiskSpace* disk) {
  auto rooms = std::unique_ptr<Rooms>(new Rooms(config));
  rooms->disk_ = disk;
  authz::House::Options options;
  options.data_dir = config.data_dir;
  options.committer.queue_max = static_cast<size_t>(config.commit_queue);
  options.visibility_bytes_max = static_cast<size_t>(config.visibility_mib) << 20;
  if (disk != nullptr) {
    options.committer.admit = [disk](bool takes_room) { return disk->Admit(takes_room); };
    options.committer.on_full = [disk] { disk->NoteFull(); };
  }
  options.committer.on_fatal = [](const Status& cause) {
    // The outcome of a failed sync is unknown, so nothing more may be answered.
    base::LogError("the store failed; ending", {{"status", base::MessageOf(cause)}});
    std::quick_exit(70);
  };
  ASSIGN_OR_RETURN(rooms->house_, authz::House::Open(engine, clock, std::move(options)));
  rooms->guard_ = std::make_unique<authz::Guard>(rooms->house_.get());
  rooms->executor_ = std::make_unique<base::Executor>(static_cast<size_t>(config.executor_threads),
                                                      static_cast<size_t>(config.executor_queue));
  rooms->logins_ = std::make_unique<base::Executor>(
      std::clamp<size_t>(static_cast<size_t>(config.executor_threads) / 2, 1, kLoginsAtOnceMax), kLoginsWaitingMax);
  rooms->front_ = std::make_unique<authz::Front>(rooms->guard_.get(), rooms->executor_.get(), rooms->logins_.get());
  ASSIGN_OR_RETURN(rooms->index_,
                   search::Index::Open(config.data_dir.empty() ? "" : config.data_dir + "/search", clock));
  rooms->start_revision_ = rooms->house_->published()->revision;
  rooms->MakeServices();
  ASSIGN_OR_RETURN(rooms->methods_, MethodTable::Make(rooms->services_));
  return rooms;
}

Rooms::~Rooms() { Stop(); }

void Rooms::MakeServices() {
  const ServiceContext context{front_.get(), guard_.get(), index_.get()};
  openlineage::Limits limits;
  limits.event_bytes_max = static_cast<size_t>(config_.body_mib_max) << 20;
  catalog_ = std::make_unique<CatalogService>(context);
  runs_ = std::make_unique<RunService>(context, std::chrono::hours(config_.run_unknown_hours));
  lineage_ = std::make_unique<LineageService>(context, &graph_, &lineage_gate_, &budget_);
  search_ = std::make_unique<SearchService>(context, index_.get());
  authz_ = std::make_unique<AuthzService>(context, &house_->credentials());
  policy_ = std::make_unique<PolicyService>(context, &house_->credentials());
  audit_ = std::make_unique<AuditService>(context, &house_->audit_log());
  ingest_ = std::make_unique<IngestService>(context, limits);
  crawls_ = std::make_unique<CrawlService>(context);
  admin_ = std::make_unique<AdminService>(
      context, [this](const std::string& name) { return MakeBackup(*house_, config_, name); });
  services_ = {catalog_.get(), runs_.get(),  lineage_.get(), search_.get(), authz_.get(),
               policy_.get(),  audit_.get(), ingest_.get(),  crawls_.get(), admin_.get()};
}

void Rooms::Start() {
  committer_thread_ = std::jthread([this](const std::stop_token& stop) { house_->committer().Run(stop); });
  threads_.emplace_back([this](std::stop_token stop) { FollowLineage(std::move(stop)); });
  threads_.emplace_back([this](std::stop_token stop) {
    authz::ChangeFeed feed(guard_->OpenSystem(authz::SystemReason::kFollowSearch), &house_->signal());
    CatalogSource source(&feed.view());
    index_->Follow(feed, source, stop);
  });
  threads_.emplace_back([this](std::stop_token stop) { index_->KeepFolding(stop); });
  threads_.emplace_back([this](std::stop_token stop) { KeepHouse(std::move(stop)); });
}

void Rooms::Stop() {
  // Before the executor, which they go on to.
  if (logins_) logins_->Stop();
  if (executor_) executor_->Stop();
  threads_.clear();
  lineage_gate_.Close();
  if (index_) index_->gate().Close();
  if (!committer_thread_.joinable()) return;
  guard_->Tick(true);
  committer_thread_ = {};
  if (config_.data_dir.empty()) return;
  // What is left in the tail would be described anew at the next start, before it is ready.
  const auto enough = std::chrono::steady_clock::now() + kStopFoldMax;
  const auto folded = index_->Fold([enough] { return std::chrono::steady_clock::now() >= enough; });
  if (!folded.ok()) base::LogWarning("the search tail was not folded", {{"status", base::MessageOf(folded.status())}});
  const Status saved = SaveGraph();
  if (!saved.ok()) base::LogWarning("the lineage checkpoint was not saved", {{"status", base::MessageOf(saved)}});
}

std::string Rooms::NotReady() const {
  if (!lineage_gate_.health().ok()) return "lineage: the graph cannot be read; trying again";
  if (lineage_gate_.reached() < start_revision_) return "lineage: reading the graph";
  if (!index_->gate().health().ok()) return "search: the index cannot be read or built; trying again";
  if (index_->gate().reached() < start_revision_) return "search: building the index";
  return "";
}

Status Rooms::LoadLineage(const authz::SystemView& view) {
  const Status loaded =
      config_.data_dir.empty() ? base::NotFound("no folder") : graph_.Load(GraphPath(config_), view.revision());
  if (loaded.ok()) graph_kept_ = graph_.reached().value();
  return loaded.ok() ? loaded : graph_.Rebuild(view);
}

void Rooms::FollowLineage(std::stop_token stop) {
  authz::ChangeFeed feed(guard_->OpenSystem(authz::SystemReason::kFollowLineage), &house_->signal());
  bool loaded = false;
  milliseconds pause = kRetryFirst;
  auto next_save = std::chrono::steady_clock::now() + kCheckpointEvery;
  while (!stop.stop_requested()) {
    feed.view().Refresh();
    const Status step = loaded ? graph_.CatchUp(feed, kLogEntriesAtATime).status() : LoadLineage(feed.view());
    if (!step.ok()) {
      base::LogError("lineage cannot follow", {{"loaded", loaded}, {"status", base::MessageOf(step)}});
      lineage_gate_.Fail(base::Unavailable("the lineage graph cannot be read just now; it is tried again"));
      SleepUnless(stop, pause);
      pause = std::min(2 * pause, kRetryMax);
      continue;
    }
    pause = kRetryFirst;
    loaded = true;
    const Revision reached = graph_.reached();
    lineage_gate_.Advance(reached);
    lineage_gate_.Expire(house_->clock().Now());
    if (!config_.data_dir.empty() && std::chrono::steady_clock::now() >= next_save) {
      const Status saved = SaveGraph();
      if (!saved.ok()) base::LogWarning("the lineage checkpoint was not saved", {{"status", base::MessageOf(saved)}});
      next_save = std::chrono::steady_clock::now() + kCheckpointEvery;
    }
    feed.Await(reached, kFollowerWake, stop);
  }
}

Status Rooms::SaveGraph() {
  const Revision reached = graph_.reached();
  RETURN_IF_ERROR(graph_.Save(GraphPath(config_)));
  graph_kept_ = reached.value();
  return absl::OkStatus();
}

Revision Rooms::Followed() const {
  // In memory nothing is left to follow on from, so a start reads the tables.
  if (config_.data_dir.empty()) return std::min(lineage_gate_.reached(), index_->gate().reached());
  return std::min(Revision(graph_kept_.load()), index_->kept());
}

void Rooms::KeepHouse(std::stop_token stop) {
  Housekeeping housekeeping(guard_.get(), house_.get(), config_, &figures_, [this] { return Followed(); });
  while (!stop.stop_requested()) {
    guard_->Tick();
    if (disk_ != nullptr) disk_->Look();
    housekeeping.Step(stop);
    SleepUnless(stop, kTick);
  }
}

}  // namespace cadastre::server
