#include "cli/command.h"
#include "cli/commands/makers.h"

namespace cadastre::cli {

const std::vector<CommandRow>& Commands() {
  static const std::vector<CommandRow> kCommands = {
      {"login", "Exchange a user's name and password for a session token", MakeLogin},
      {"logout", "Revoke the token I come with, and forget it where it was kept", MakeLogout},
      {"passwd", "Change my password", MakePasswd},
      {"whoami", "Whom the server takes me for, and what I may do", MakeWhoAmI},

      {"search", "Find assets by words and filters", MakeSearch},
      {"suggest", "Complete what is typed", MakeSuggest},
      {"get", "Everything about one asset, now or as of a time", MakeGet},
      {"columns", "The columns of an asset", MakeColumns},
      {"list", "Assets under a kind, namespace and prefix, or in a container", MakeList},
      {"namespaces", "Namespaces that hold something I may see", MakeNamespaces},
      {"history", "The versions of what was said about an asset, newest first", MakeHistory},
      {"diff", "What changed in an asset between two times", MakeDiff},
      {"lineage", "What an asset or column is made from, and what is made of it", MakeLineage},
      {"paths", "Shortest paths from one asset to another", MakePaths},
      {"runs", "The runs of a job, of a dataset or of all jobs, newest first", MakeRuns},
      {"run-days", "How the runs of a job went, day by day", MakeRunDays},
      {"run", "One run of a job", MakeRun},

      {"set", "State an aspect, given as JSON", MakeSet},
      {"describe", "Write the documentation of an asset or column", MakeDescribe},
      {"tag", "Add tags", MakeTag},
      {"untag", "Take tags away", MakeUntag},
      {"own", "Add owners", MakeOwn},
      {"disown", "Take owners away", MakeDisown},
      {"term", "Add glossary terms", MakeTerm},
      {"unterm", "Take glossary terms away", MakeUnterm},
      {"classify", "Add classes of sensitive data", MakeClassify},
      {"declassify", "Take classes of sensitive data away", MakeDeclassify},
      {"delete", "Hide an asset until it is restored", MakeDelete},
      {"restore", "Take a deletion back", MakeRestore},
      {"push", "Send OpenLineage events, one a line", MakePush},

      {"tokens create", "Make an API token; it is shown once", MakeTokensCreate},
      {"tokens list", "The tokens of a principal", MakeTokensList},
      {"tokens revoke", "End a token", MakeTokensRevoke},
      {"principals put", "Create or replace a person, group or service account", MakePrincipalsPut},
      {"principals get", "A person, group or service account", MakePrincipalsGet},
      {"principals list", "All persons, groups and service accounts", MakePrincipalsList},
      {"principals delete", "Delete a person, group or service account for good", MakePrincipalsDelete},
      {"roles put", "Create or replace a role", MakeRolesPut},
      {"roles get", "A role", MakeRolesGet},
      {"roles list", "All roles", MakeRolesList},
      {"roles delete", "Delete a role", MakeRolesDelete},
      {"grants put", "Create or replace a grant", MakeGrantsPut},
      {"grants get", "A grant", MakeGrantsGet},
      {"grants list", "All grants, or those of one role", MakeGrantsList},
      {"grants delete", "Take a grant away", MakeGrantsDelete},
      {"environments put", "Say which environment namespaces belong to", MakeEnvironmentsPut},
      {"environments list", "The rules that say so", MakeEnvironmentsList},
      {"environments delete", "Take a rule away", MakeEnvironmentsDelete},
      {"audit list", "Who saw what, newest first", MakeAuditList},
      {"audit head", "The signed head of the audit log", MakeAuditHead},
      {"audit verify", "Recompute the audit log's tree and check it against its signed head", MakeAuditVerify},
      {"completion", "The script that completes commands and options in bash or zsh", MakeCompletion},
      {"backup", "Copy the data folder on the server while it runs", MakeBackup},
  };
  return kCommands;
}

}  // namespace cadastre::cli
