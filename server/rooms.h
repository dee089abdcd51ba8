// Rooms: everything this server is but its doors and its engine: house, guard, followers, executor, services.
//
// Made by main (or a test) over one engine and clock, which outlive it. Start
// runs its background threads, Stop ends them in order; both once. Thread rule: safe.
// Errors of Open: those of House, MemoryGraph, search::Index and MethodTable.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "authz/front/front.h"
#include "authz/front/guard.h"
#include "authz/house/house.h"
#include "authz/view/change_feed.h"
#include "authz/view/revision_gate.h"
#include "base/disk_space.h"
#include "base/executor.h"
#include "base/words.h"
#include "lineage/memory_graph.h"
#include "search/index.h"
#include "server/config.h"
#include "server/housekeeping.h"
#include "server/rpc/budget.h"
#include "server/rpc/method_table.h"
#include "server/rpc/services.h"

namespace cadastre::storage {
class Engine;
}

namespace cadastre::server {

class Rooms {
 public:
  // `disk` may be null: then there is always room.
  static StatusOr<std::unique_ptr<Rooms>> Open(storage::Engine* engine, Clock* clock, const Config& config,
                                               base::DiskSpace* disk = nullptr);
  ~Rooms();

  // Runs the committer, the followers and the housekeeping.
  void Start();
  // Waits for calls under way, writes what is queued, saves the followers' checkpoints.
  void Stop();

  // Empty when every follower has caught up with what was there at the start and follows on; else which does not.
  std::string NotReady() const;

  // What walks have of the log.
  Revision lineage_reached() const { return lineage_gate_.reached(); }

  const Services& services() const { return services_; }
  const MethodTable& methods() const { return *methods_; }
  authz::House& house() { return *house_; }
  authz::Guard& guard() { return *guard_; }
  authz::Front& front() { return *front_; }
  base::Executor& executor() { return *executor_; }
  search::Index& index() { return *index_; }
  Budget& budget() { return budget_; }
  const HousekeepingFigures& figures() const { return figures_; }
  const lineage::MemoryGraph& graph() const { return graph_; }
  // Null where it is not looked at.
  base::DiskSpace* disk() const { return disk_; }

 private:
  explicit Rooms(const Config& config)
      : config_(config),
        budget_({.requests = 2 * static_cast<size_t>(config.executor_queue),
                 .bytes = static_cast<size_t>(config.bodies_mib_in_memory) << 20}) {}
  void MakeServices();
  void FollowLineage(std::stop_token stop);
  Status LoadLineage(const authz::SystemView& view);
  void KeepHouse(std::stop_token stop);
  Status SaveGraph();
  // What every follower holds on disk; 0 while one holds nothing.
  Revision Followed() const;

  const Config config_;
  // Of what senders hold, the doors' and the walks'.
  Budget budget_;
  base::DiskSpace* disk_ = nullptr;
  std::unique_ptr<MethodTable> methods_;  // before all that runs calls
  std::unique_ptr<authz::House> house_;
  std::unique_ptr<authz::Guard> guard_;
  std::unique_ptr<base::Executor> executor_;
  std::unique_ptr<base::Executor> logins_;
  std::unique_ptr<authz::Front> front_;

  lineage::MemoryGraph graph_;
  authz::RevisionGate lineage_gate_;
  std::unique_ptr<search::Index> index_;
  Revision start_revision_;
  // Of the lineage checkpoint on disk.
  std::atomic<uint64_t> graph_kept_{0};
  HousekeepingFigures figures_;

  std::unique_ptr<CatalogService> catalog_;
  std::unique_ptr<RunService> runs_;
  std::unique_ptr<LineageService> lineage_;
  std::unique_ptr<SearchService> search_;
  std::unique_ptr<AuthzService> authz_;
  std::unique_ptr<PolicyService> policy_;
  std::unique_ptr<AuditService> audit_;
  std::unique_ptr<IngestService> ingest_;
  std::unique_ptr<CrawlService> crawls_;
  std::unique_ptr<AdminService> admin_;
  Services services_{};

  std::jthread committer_thread_;
  std::vector<std::jthread> threads_;
};

}  // namespace cadastre::server
