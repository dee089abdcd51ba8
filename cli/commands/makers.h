// What makes each command, for the table in cli/commands.cc. Thread rule: safe.
#pragma once

#include <memory>

#include "cli/command.h"

namespace cadastre::cli {

// Who I am.
std::unique_ptr<Command> MakeLogin();
std::unique_ptr<Command> MakeLogout();
std::unique_ptr<Command> MakePasswd();
std::unique_ptr<Command> MakeWhoAmI();

// Reading.
std::unique_ptr<Command> MakeSearch();
std::unique_ptr<Command> MakeSuggest();
std::unique_ptr<Command> MakeGet();
std::unique_ptr<Command> MakeColumns();
std::unique_ptr<Command> MakeList();
std::unique_ptr<Command> MakeHistory();
std::unique_ptr<Command> MakeDiff();
std::unique_ptr<Command> MakeLineage();
std::unique_ptr<Command> MakePaths();
std::unique_ptr<Command> MakeNamespaces();
std::unique_ptr<Command> MakeRunDays();
std::unique_ptr<Command> MakeRuns();
std::unique_ptr<Command> MakeRun();

// Writing.
std::unique_ptr<Command> MakeSet();
std::unique_ptr<Command> MakeDescribe();
std::unique_ptr<Command> MakeTag();
std::unique_ptr<Command> MakeUntag();
std::unique_ptr<Command> MakeOwn();
std::unique_ptr<Command> MakeDisown();
std::unique_ptr<Command> MakeTerm();
std::unique_ptr<Command> MakeUnterm();
std::unique_ptr<Command> MakeClassify();
std::unique_ptr<Command> MakeDeclassify();
std::unique_ptr<Command> MakeDelete();
std::unique_ptr<Command> MakeRestore();
std::unique_ptr<Command> MakePush();

// Governing.
std::unique_ptr<Command> MakeTokensCreate();
std::unique_ptr<Command> MakeTokensList();
std::unique_ptr<Command> MakeTokensRevoke();
std::unique_ptr<Command> MakePrincipalsPut();
std::unique_ptr<Command> MakePrincipalsGet();
std::unique_ptr<Command> MakePrincipalsList();
std::unique_ptr<Command> MakeRolesPut();
std::unique_ptr<Command> MakeRolesGet();
std::unique_ptr<Command> MakeRolesList();
std::unique_ptr<Command> MakeGrantsPut();
std::unique_ptr<Command> MakeGrantsList();
std::unique_ptr<Command> MakeGrantsDelete();
std::unique_ptr<Command> MakeGrantsGet();
std::unique_ptr<Command> MakePrincipalsDelete();
std::unique_ptr<Command> MakeRolesDelete();
std::unique_ptr<Command> MakeEnvironmentsPut();
std::unique_ptr<Command> MakeEnvironmentsList();
std::unique_ptr<Command> MakeEnvironmentsDelete();
std::unique_ptr<Command> MakeAuditList();
std::unique_ptr<Command> MakeAuditHead();
std::unique_ptr<Command> MakeAuditVerify();
std::unique_ptr<Command> MakeBackup();
std::unique_ptr<Command> MakeCompletion();

}  // namespace cadastre::cli
