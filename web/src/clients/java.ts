import { type Client, type SetUpInput, setUpOf } from './client.ts'
import { command, environment, KEY_VARIABLE } from './places.ts'
import { literal } from './quoting.ts'

export const java: Client = {
  id: 'java',
  name: 'Java',
  kind: 'code',
  door: 'chat_completions',
  homepage: 'https://openjdk.org',
  verified: { version: 'JDK 17, Gson 2.10', date: '2026-11' },
  longPrompts: false,
  setUp: (input) =>
    setUpOf({
      steps: input.key === undefined ? ['variable', 'save', 'run'] : ['save', 'run'],
      files: [
        ...(input.key === undefined ? [environment(input)] : []),
        { id: 'program', path: 'Chat.java', language: 'java', text: program(input) },
      ],
      commands: [command(input.os, 'check', 'java -cp gson-2.10.1.jar Chat.java')],
      notes: ['gson', 'maven'],
    }),
}

const keyOf = ({ key }: SetUpInput) => (key === undefined ? `System.getenv("${KEY_VARIABLE}")` : literal(key))

const program = (input: SetUpInput) => `import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Chat {
    public static void main(String[] args) throws Exception {
        JsonObject message = new JsonObject();
        message.addProperty("role", "user");
        message.addProperty("content", "Hello");
        JsonArray messages = new JsonArray();
        messages.add(message);
        JsonObject body = new JsonObject();
        body.addProperty("model", ${literal(input.model)});
        body.add("messages", messages);

        HttpRequest request = HttpRequest.newBuilder(
                URI.create(${literal(`${input.baseUrl}/chat/completions`)}))
            .header("Authorization", "Bearer " + ${keyOf(input)})
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
        HttpResponse<String> response = HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.ofString());

        JsonObject answer = JsonParser.parseString(response.body()).getAsJsonObject();
        if (answer.has("error")) {
            throw new IllegalStateException(answer.getAsJsonObject("error").get("message").getAsString());
        }
        System.out.println(answer.getAsJsonArray("choices").get(0).getAsJsonObject()
            .getAsJsonObject("message").get("content").getAsString());
        System.out.println("Tokens used: "
            + answer.getAsJsonObject("usage").get("total_tokens").getAsInt());
    }
}
`
