// Random requests for every read RPC, by its full name; and the RPCs that write, which are not compared.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/message.h"
#include "tests/integration/doors_noninterference/dice.h"
#include "tests/integration/doors_noninterference/oracle.h"
#include "tests/integration/doors_noninterference/script.h"

namespace cadastre::noninterference {

struct Request {
  std::unique_ptr<google::protobuf::Message> message;
  // It reads as of the script's `then`, so what was hidden then or is hidden now must not matter.
  bool then = false;
};

// Makes requests over one world. Names are mostly of assets the viewer sees, sometimes hidden or of nothing.
class Asker {
 public:
  Asker(const Script* script, const Sight* sight, uint64_t seed);

  Dice& dice() { return dice_; }
  const Script& script() const { return script_; }
  v1::AssetRef SomeAsset();
  v1::AssetRef SomeOf(AssetKind kind);
  // Mostly the ends of an edge that the viewer sees, in the data's direction; sometimes of two that follow each other.
  std::pair<v1::AssetRef, v1::AssetRef> SomeLinked();
  // Mostly the end of a column edge that the viewer sees.
  std::pair<v1::AssetRef, Path> SomeLinkedColumn();
  // Mostly of a job whose runs the viewer may read.
  std::pair<v1::AssetRef, std::string> SomeRun();
  // Mostly one that was crawled, and of which the viewer has the privilege.
  v1::AssetRef SomeSource(Privilege privilege);
  // Mostly a dataset whose schema the viewer may read.
  v1::AssetRef SomeWithColumns();
  // Mostly spoken of after `then`.
  v1::AssetRef SomeChanged();
  // True where the request reads as of `then`.
  bool SomeTime(v1::AsOf* as_of);
  // Sometimes the token of the last revision.
  std::string SomeRevision() { return dice_.Chance(20) ? "@last" : ""; }
  Path SomeColumn(const v1::AssetRef& asset);

 private:
  v1::AssetRef Among(const std::vector<size_t>& assets);
  void Note(size_t write, const Statement& statement);
  void Note(const openlineage::MappedEvent& event);

  const Script& script_;
  const Sight& sight_;
  Dice dice_;
  std::vector<std::pair<AssetName, AssetName>> links_;
  std::vector<std::pair<AssetName, Path>> linked_columns_;
  std::vector<std::pair<AssetName, std::string>> runs_;
  std::vector<AssetName> changed_;
};

struct ReadRpc {
  // How many to ask in a world.
  size_t count;
  std::function<Request(Asker&)> ask;
  // Where most answers are a refusal, which is the point: its answers are not counted as empty.
  bool mostly_refused = false;
};

const std::map<std::string, ReadRpc>& ReadRpcs();
const std::set<std::string>& WriteRpcs();

}  // namespace cadastre::noninterference
