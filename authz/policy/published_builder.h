// PublishedBuilder: makes the next Published from the rows a group of commits wrote.
//
// Fed with every row of kName, kAsset, kPrincipal, kRole, kGrant and kEnvironment, at start from
// the store and then from the committer's hook; keeps the registry, the policy's
// records and the member index. Owned by the House; thread rule: confined (to
// the committer thread, once loaded).
// Errors: DATA_LOSS for a row that does not decode.
// Deliberately does not: publish, or keep up bitmaps.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "authz/policy/member_index.h"
#include "authz/policy/published.h"
#include "authz/policy/registry.h"
#include "base/words.h"

namespace cadastre::authz {

class PublishedBuilder {
 public:
  explicit PublishedBuilder(Registry* registry) : registry_(registry) {}

  // One row: its key with the keyspace byte and without suffix; nullopt is a tombstone. Other tables are passed over.
  Status Apply(std::string_view key, const std::optional<std::string>& value);
  // While true, a header does not make the name of its asset known: a start reads the names beside the headers.
  void NamesComeApart(bool apart) { names_come_apart_ = apart; }
  // A row of the names, without the keyspace byte; touches nothing but the registry.
  static Status ApplyName(std::string_view key, const std::optional<std::string>& value, Registry& registry);

  struct Next {
    std::shared_ptr<const Published> published;
    // For VisibilityCache::Advance.
    std::vector<AssetId> touched;
    bool all = false;
  };
  // All that was applied since the last Build, on top of `previous`.
  Next Build(const Published& previous, Revision revision, Timestamp time);

 private:
  Status ApplyAsset(std::string_view key, const std::optional<std::string>& value);
  // One table of policy: `rows` is the part of records_ it stands in.
  template <typename Rows>
  Status ApplyPolicy(Rows& rows, std::string_view key, const std::optional<std::string>& value);
  // True where an asset that existed before has other labels now.
  bool SetLabels(Next& next, Published& published);
  // Gives every asset the environment that the rules name by now.
  void MoveEnvironments(const Environments& before, Next& next, Published& published);
  static void TouchMerged(const LabelColumns& before, const LabelColumns& after, Next& next);
  // The one value all assets with these labels share.
  std::shared_ptr<const AssetLabels> Share(AssetLabels labels);

  Registry* const registry_;
  MemberIndex members_;
  PolicyRecords records_;
  std::shared_ptr<const Environments> environments_ = std::make_shared<const Environments>();
  bool policy_changed_ = false;
  bool environments_changed_ = false;
  bool names_come_apart_ = false;
  // The newest labels of each asset of the group.
  absl::flat_hash_map<AssetId, AssetLabels> labels_;
  // Values given out lately, by hash.
  absl::flat_hash_map<size_t, std::shared_ptr<const AssetLabels>> shared_;
};

}  // namespace cadastre::authz
