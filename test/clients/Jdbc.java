// Counts of deleted rows as JDBC tells them: Jdbc HOST PORT TENANT
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class Jdbc {
	public static void main(String[] arguments) throws Exception {
		String url = "jdbc:postgresql://" + arguments[0] + ":" + arguments[1] + "/postgres?options=-c%20app.tenant_id=" + arguments[2];
		try (Connection connection = DriverManager.getConnection(url, "app", "")) {
			connection.setAutoCommit(false);
			try (Statement statement = connection.createStatement()) {
				System.out.println("plain " + statement.executeUpdate("DELETE FROM shop.items WHERE id <= 3"));
				statement.execute("DELETE FROM shop.items WHERE id <= 5");
				System.out.println("execute " + statement.getUpdateCount());
				try (ResultSet rows = statement.executeQuery("DELETE FROM shop.items WHERE id = 6 RETURNING id, name")) {
					rows.next();
					System.out.println("returning " + rows.getInt(1) + " " + rows.getString(2) + " " + rows.next());
				}
				System.out.println("none " + statement.executeUpdate("DELETE FROM shop.items WHERE id = 6"));
			}
			try (PreparedStatement gone = connection.prepareStatement("DELETE FROM shop.items WHERE id = ?")) {
				List<Integer> counts = new ArrayList<>();
				for (int number = 7; number < 15; number++) {
					gone.setInt(1, number);
					counts.add(gone.executeUpdate());
				}
				System.out.println("prepared " + counts);
				for (int number = 15; number < 18; number++) {
					gone.setInt(1, number);
					gone.addBatch();
				}
				System.out.println("batch " + Arrays.toString(gone.executeBatch()));
			}
			try (Statement statement = connection.createStatement();
					ResultSet rows = statement.executeQuery("SELECT count(*) FROM shop.items")) {
				rows.next();
				System.out.println("left " + rows.getInt(1));
			}
			connection.rollback();
		}
	}
}
