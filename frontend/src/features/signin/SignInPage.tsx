import { createClient } from '@connectrpc/connect';
import { useTransport } from '@connectrpc/connect-query';
import { Button, Paper, PasswordInput, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type RouterHistory, useRouter } from '@tanstack/react-router';
import { type SyntheticEvent, useState } from 'react';
import { problemOf } from '@/api/problem';
import { signInWith } from '@/api/session';
import { AuthzService } from '@/gen/cadastre/authz/v1/authz_pb';
import { useMessages } from '@/messages/context';
import { Logo } from '@/shared/Logo';
import { Page } from '@/shared/Page';
import { useUrlState } from '@/shared/urlState';
import classes from './SignInPage.module.css';
import { safeNext, signInState } from './signInState';

type Way = 'password' | 'token';

export function SignInPage() {
  const { m } = useMessages();
  const transport = useTransport();
  const history: RouterHistory = useRouter().history as RouterHistory;
  const queries = useQueryClient();
  const [{ next }] = useUrlState(signInState);
  const [way, setWay] = useState<Way>('password');
  const [user, setUser] = useState('');
  const [secret, setSecret] = useState('');

  const attempt = useMutation({
    mutationFn: async () => {
      const client = createClient(AuthzService, transport);
      if (way === 'password') return (await client.login({ user: user.trim(), password: secret })).token;
      await client.whoAmI({}, { headers: { Authorization: `Bearer ${secret.trim()}` } });
      return secret.trim();
    },
    onSuccess: (token) => {
      queries.clear();
      signInWith(token);
      history.push(safeNext(next));
    },
  });

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    attempt.mutate();
  };

  const problem = attempt.error === null ? undefined : problemOf(attempt.error);
  const refused = problem?.kind === 'signedOut' || problem?.kind === 'denied' || problem?.kind === 'invalid';
  const message =
    problem === undefined
      ? undefined
      : refused
        ? way === 'password'
          ? m.signIn.wrong
          : m.signIn.wrongToken
        : problem.kind === 'busy'
          ? m.state.busy
          : problem.kind === 'unavailable'
            ? m.state.unavailableTitle
            : m.state.unknownTitle;

  return (
    <Page title={m.signIn.title}>
      <main className={classes.page} id="main" tabIndex={-1}>
        <Paper className={classes.card} withBorder radius="lg">
          <Logo />
          <Title order={1} mt="lg">
            {m.signIn.title}
          </Title>
          <Text c="dimmed" mb="lg">
            {m.signIn.lead}
          </Text>
          <form onSubmit={submit} noValidate>
            <Stack gap="md">
              <SegmentedControl
                fullWidth
                aria-label={m.signIn.title}
                value={way}
                onChange={(value) => {
                  setWay(value);
                  setSecret('');
                  attempt.reset();
                }}
                data={[
                  { value: 'password', label: m.signIn.withPassword },
                  { value: 'token', label: m.signIn.withToken },
                ]}
              />
              {way === 'password' && (
                <TextInput
                  label={m.signIn.user}
                  name="username"
                  autoComplete="username"
                  autoCapitalize="none"
                  autoFocus
                  required
                  withAsterisk={false}
                  value={user}
                  onChange={(event) => setUser(event.currentTarget.value)}
                />
              )}
              <PasswordInput
                key={way}
                label={way === 'password' ? m.signIn.password : m.signIn.token}
                description={way === 'token' ? m.signIn.tokenHint : undefined}
                name={way === 'password' ? 'password' : 'token'}
                autoComplete={way === 'password' ? 'current-password' : 'off'}
                required
                withAsterisk={false}
                value={secret}
                onChange={(event) => setSecret(event.currentTarget.value)}
              />
              {message !== undefined && (
                <Text role="alert" className={classes.error}>
                  {message}
                </Text>
              )}
              <Button type="submit" fullWidth loading={attempt.isPending} disabled={secret === '' || (way === 'password' && user.trim() === '')}>
                {m.signIn.submit}
              </Button>
            </Stack>
          </form>
        </Paper>
      </main>
    </Page>
  );
}
