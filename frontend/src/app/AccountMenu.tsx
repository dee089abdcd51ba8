import { ActionIcon, Group, Menu, Text, useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { IconCheck, IconDeviceDesktop, IconLanguage, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react';
import { signOut } from '@/api/session';
import { type WhoAmIResponse } from '@/gen/cadastre/authz/v1/authz_pb';
import { Privilege } from '@/gen/cadastre/privilege/v1/privilege_pb';
import { CATALOGUES, LANGUAGES, useMessages } from '@/messages/context';
import { Chip } from '@/shared/Chip';
import classes from './AccountMenu.module.css';

const SCHEMES = [
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
  { value: 'auto', icon: IconDeviceDesktop },
] as const;

function Names({ title, names }: { title: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <div className={classes.row}>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <Group gap={4}>
        {names.map((name) => (
          <Chip key={name}>{name}</Chip>
        ))}
      </Group>
    </div>
  );
}

export function AccountMenu({ who }: { who: WhoAmIResponse | undefined }) {
  const { m, language, setLanguage } = useMessages();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const principal = who?.principal;
  const name = principal?.displayName === '' ? principal.id : principal?.displayName;
  const tick = <IconCheck size={14} aria-hidden />;

  return (
    <Group gap={4} wrap="nowrap">
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={m.nav.language}>
            <IconLanguage size={18} stroke={1.7} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {LANGUAGES.map((each) => (
            <Menu.Item key={each} lang={each} onClick={() => setLanguage(each)} rightSection={each === language ? tick : null}>
              {CATALOGUES[each].language}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={m.nav.theme}>
            <IconSun size={18} stroke={1.7} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {SCHEMES.map(({ value, icon: Icon }) => (
            <Menu.Item
              key={value}
              leftSection={<Icon size={15} stroke={1.7} aria-hidden />}
              rightSection={value === colorScheme ? tick : null}
              onClick={() => setColorScheme(value)}
            >
              {m.nav[value]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={m.nav.account}>
            <IconUserCircle size={20} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <div className={classes.who}>
            <Text size="xs" c="dimmed">
              {m.who.signedInAs}
            </Text>
            <Text fw={600}>{name ?? '…'}</Text>
            {principal !== undefined && name !== principal.id && (
              <Text size="xs" c="dimmed">
                {principal.id}
              </Text>
            )}
            <Names title={m.who.groups} names={who?.groups ?? []} />
            <Names title={m.who.roles} names={who?.roles ?? []} />
            <Names title={m.who.privileges} names={(who?.privileges ?? []).map((each) => Privilege[each].toLowerCase())} />
          </div>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconLogout size={15} stroke={1.7} aria-hidden />}
            onClick={() => {
              queries.clear();
              signOut();
            }}
          >
            {m.nav.signOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
