import { z } from 'zod';
import { optional, required, section } from './field.ts';
import { secret, server } from './values.ts';

/** The App on GitHub. */
export const github = section(
  'The GitHub App that the bot is, for projects whose `build.runner` is `github`. See app.yml.',
  {
    api: optional(server(), 'https://api.github.com', {
      text: 'Root of the API; of an Enterprise server `https://HOST/api/v3`.',
      allowed: 'an http or https URL',
      example: 'https://github.example.org/api/v3',
    }),
    app_id: required(z.int().min(1), { text: 'Number of the App.', allowed: 'a whole number', example: '123456' }),
    private_key: required(secret(), {
      text: 'Where the private key of the App is, in PEM.',
      allowed: '{env: NAME} or {file: PATH}',
      example: '{file: /run/secrets/github.pem}',
    }),
    webhook_secret: required(secret(), {
      text: 'Where the secret of the webhook is. Nothing is believed that it has not signed.',
      allowed: '{env: NAME} or {file: PATH}',
      example: '{env: GITHUB_WEBHOOK_SECRET}',
    }),
  },
);

/** The account on GitLab. */
export const gitlab = section('The GitLab account that the bot has, for projects whose `build.runner` is `gitlab`.', {
  url: optional(server(), 'https://gitlab.com', {
    text: 'Address of the server.',
    allowed: 'an http or https URL',
    example: 'https://gitlab.example.org',
  }),
  token: required(secret(), {
    text: 'Where the access token is (scope `api` on the one project).',
    allowed: '{env: NAME} or {file: PATH}',
    example: '{env: GITLAB_TOKEN}',
  }),
  webhook_secret: required(secret(), {
    text: 'Where the secret token of the webhook is.',
    allowed: '{env: NAME} or {file: PATH}',
    example: '{env: GITLAB_WEBHOOK_SECRET}',
  }),
});
