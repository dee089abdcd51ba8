// What libraries say of themselves, as lines of the server's own log: gRPC here; RocksDB's is taken by storage.
//
// Called once by main, before the doors open. Thread rule: safe.
#pragma once

namespace cadastre::server {

void TakeLibraryLogs();

}  // namespace cadastre::server
