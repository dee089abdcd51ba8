// A whole server without doors, filled from a script: its service functions are called by their names, as a door does.
//
// Thread rule: confined.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "server/rooms.h"
#include "storage/memory_engine.h"
#include "tests/integration/doors_noninterference/oracle.h"
#include "tests/integration/doors_noninterference/script.h"

namespace cadastre::noninterference {

using google::protobuf::Message;
using Answer = StatusOr<std::unique_ptr<Message>>;

// In a request these stand for the revision tokens each world gave out at the script's `then` and at its end.
inline constexpr char kThenToken[] = "@then";
inline constexpr char kLastToken[] = "@last";

class World {
 public:
  // `sight`: writes only what it leaves, under its plain grants; null writes everything, under the rules.
  World(const Script& script, const Rules& rules, const Sight* sight);
  ~World();

  const std::map<std::string, server::Method, std::less<>>& methods() const { return rooms_->methods().methods(); }
  // As the viewer. The request id of each call is the next number.
  Answer Call(const std::string& method, const Message& request);
  // The viewer's newest audit record.
  StatusOr<audit::v1::Record> LastRecord();
  const std::string& last_request_id() const { return request_id_; }

 private:
  Answer CallAs(const std::string& bearer, const std::string& method, const Message& request);
  template <typename Response, typename Request>
  Response Must(const std::string& method, const Request& request);
  std::string TokenOf(const std::string& principal);
  std::string RevisionNow();
  void PutPeople(const Rules& rules);
  void PutPolicy(const std::vector<authz::v1::Grant>& grants);
  void NoteColumnsByClass(const Script& script, const Sight& sight);
  void StateReadColumns(Message& answer) const;
  void Do(const Write& write);
  void Do(const Crawl& crawl);
  Status Run(std::function<Status(authz::WriteSession&)> handler);

  storage::MemoryEngine engine_;
  base::FakeClock clock_;
  std::unique_ptr<server::Rooms> rooms_;
  // Whether the viewer holds `read_columns` on assets whose columns the plain grants state by class.
  std::map<AssetName, bool> columns_by_class_;
  std::string admin_;
  std::string viewer_;
  std::string pusher_;
  std::string then_;
  std::string last_;
  std::string request_id_;
  size_t calls_ = 0;
};

}  // namespace cadastre::noninterference
