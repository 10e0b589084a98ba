import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Stream;

public class StreamExample {
    public static void main(String[] args) throws Exception {
        JsonObject message = new JsonObject();
        message.addProperty("role", "user");
        message.addProperty("content", "Hello, how are you?");
        JsonArray messages = new JsonArray();
        messages.add(message);
        JsonObject body = new JsonObject();
        body.addProperty("model", "deepseek-v4-pro");
        body.addProperty("stream", true);
        body.add("messages", messages);

        HttpRequest request = HttpRequest.newBuilder(URI.create("https://pingtoken.cn/api/v1/chat/completions"))
                .header("Authorization", "Bearer YOUR_API_TOKEN")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        HttpResponse<Stream<String>> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("HTTP " + response.statusCode());
        }

        boolean[] done = {false};
        response.body().filter(line -> line.startsWith("data: ")).map(line -> line.substring(6)).forEach(data -> {
            if (data.equals("[DONE]")) {
                done[0] = true;
                return;
            }
            JsonObject event = JsonParser.parseString(data).getAsJsonObject();
            if (event.has("error")) {
                throw new IllegalStateException(event.getAsJsonObject("error").get("message").getAsString());
            }
            JsonArray choices = event.getAsJsonArray("choices");
            if (choices.isEmpty()) {
                return;
            }
            JsonObject delta = choices.get(0).getAsJsonObject().getAsJsonObject("delta");
            if (delta.has("content") && !delta.get("content").isJsonNull()) {
                System.out.print(delta.get("content").getAsString());
                System.out.flush();
            }
        });
        if (!done[0]) {
            throw new IllegalStateException("The stream broke off.");
        }
        System.out.println();
    }
}
